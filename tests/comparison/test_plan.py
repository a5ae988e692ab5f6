import pytest

from unvanish.comparison import ComparisonPlan
from unvanish.config import Config, UsageError, override


@pytest.fixture
def plan():
    base = override(Config(), {"training.epochs": 3, "name": "mine"})
    return ComparisonPlan(("constant", "cyclical:n_cycles=2"), (4, 5), base, {"train": "/a.txt"})


def test_only_schedule_and_seed_differ(plan):
    for entry in plan.entries():
        back = override(
            entry.config, {"objective.beta": plan.base.objective.beta, "seed": 1, "name": "mine"}
        )
        assert back == plan.base
        assert entry.config.objective.beta == entry.schedule
        assert entry.config.seed == entry.seed
        assert entry.config.name.startswith(entry.schedule)


def test_every_pair_is_there_once_in_a_folder_of_its_own(plan):
    pairs = [(entry.schedule, entry.seed) for entry in plan.entries()]
    assert sorted(pairs) == sorted((s, n) for s in plan.schedules for n in plan.seeds)
    assert len({entry.folder for entry in plan.entries()}) == 4


def test_schedules_that_look_alike_have_different_folders():
    plan = ComparisonPlan(("monotonic:0.25", "monotonic:0-25", "monotonic-0.25"), (1,), Config())
    folders = {entry.folder for entry in plan.entries()}
    assert len(folders) == 3
    assert all("/" not in folder and ":" not in folder for folder in folders)


def test_a_plan_comes_back_from_json(plan):
    assert ComparisonPlan.from_dict(plan.to_dict()) == plan


@pytest.mark.parametrize(
    ("schedules", "seeds"), [((), (1,)), (("constant",), ()), (("constant",) * 2, (1,))]
)
def test_what_is_not_possible_is_told(schedules, seeds):
    with pytest.raises(UsageError, match="give"):
        ComparisonPlan(schedules, seeds, Config())


@pytest.mark.parametrize("change", [{"format": 2}, {"seeds": ["a"]}, {"base": {"x": 1}}])
def test_a_damaged_plan_is_told(plan, change):
    with pytest.raises(UsageError):
        ComparisonPlan.from_dict({**plan.to_dict(), **change})
