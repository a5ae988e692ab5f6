import pytest

from unvanish.comparison import ComparisonPlan
from unvanish.config import Config, UsageError, as_baseline, override


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


@pytest.mark.parametrize(
    ("schedule", "folder"),
    [
        ("constant", "constant-seed1"),
        ("monotonic:0.25", "monotonic-0.25-6ee72b-seed1"),
        ("cyclical:n_cycles=4,ratio=0.5", "cyclical-n-cycles-4-ratio-0.5-c37360-seed1"),
    ],
)
def test_folders_have_the_names_that_they_have_had(schedule, folder):
    (entry,) = ComparisonPlan((schedule,), (1,), Config()).entries()
    assert entry.folder == folder


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


def test_a_baseline_has_the_seeds_and_everything_else_of_the_schedules():
    base = override(Config(), {"objective.beta": "monotonic:0.5", "name": "mine"})
    plan = ComparisonPlan(("constant",), (4, 5), base, baselines=("lm",))
    assert plan.names == ("constant", "lm")
    entries = [entry for entry in plan.entries() if entry.schedule == "lm"]
    assert [(entry.seed, entry.folder) for entry in entries] == [(4, "lm-seed4"), (5, "lm-seed5")]
    expected = override(as_baseline(base, "lm"), {"seed": 4, "name": "lm (mine)"})
    assert entries[0].config == expected
    assert ComparisonPlan.from_dict(plan.to_dict()) == plan


def test_a_plan_written_without_baselines_is_read(plan):
    plain = plan.to_dict()
    del plain["baselines"]
    assert ComparisonPlan.from_dict(plain) == plan


@pytest.mark.parametrize("baselines", [("ln",), ("lm", "lm")])
def test_a_baseline_that_is_not_there_is_told(baselines):
    with pytest.raises(UsageError, match="lm"):
        ComparisonPlan(("constant",), (1,), Config(), baselines=baselines)


def extended(plan, *, seeds, begun):
    return plan.extended((), seeds, (), seen=False, begun=begun).seeds


def test_seeds_of_which_there_is_nothing_may_be_left_out(plan):
    assert extended(plan, seeds=1, begun=0) == extended(plan, seeds=1, begun=1) == (4,)
    assert extended(plan, seeds=None, begun=2) == (4, 5)
    with pytest.raises(UsageError, match="give --seeds 2 or more"):
        extended(plan, seeds=1, begun=2)
    for none in (0, -3):
        with pytest.raises(UsageError, match="no seed"):
            extended(plan, seeds=none, begun=0)
