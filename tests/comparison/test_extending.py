"""What is added to a comparison that has begun; its runs are in tests/cli/test_compare.py."""

import json
from pathlib import Path

import pytest
from filelock import FileLock

from unvanish.comparison import ComparisonPlan, begin, carry_out, extend, extending, reopen
from unvanish.config import Config, UsageError, override
from unvanish.data import read_corpora
from unvanish.runs import Run

from ..conftest import SMALL, write_corpus


@pytest.fixture
def begun(tmp_path):
    """Begin a comparison of which nothing is trained."""
    files = {"train": str(write_corpus(tmp_path / "text.txt"))}
    plan = ComparisonPlan(("constant",), (3, 4), override(Config(), SMALL), files)
    begin(plan, tmp_path / "out")
    return tmp_path / "out"


def test_what_is_there_stays_and_the_rest_comes_after(begun):
    extend(begun, schedules=("cyclical", "constant"), seeds=4, baselines=("lm",))
    extend(begun, baselines=("lm",), seeds=4)
    plan = reopen(begun)
    assert plan.names == ("constant", "cyclical", "lm")
    assert plan.seeds == (3, 4, 5, 6)
    assert plan.seen == ()


def test_nothing_added_changes_nothing(begun):
    file = begun / "comparison.json"
    before = file.stat().st_ino, file.read_text()
    assert extend(begun) == extend(begun, seeds=2, schedules=("constant",)) == reopen(begun)
    assert (file.stat().st_ino, file.read_text()) == before


def test_seeds_whose_results_were_known_are_remembered_once(begun):
    """One run that has ended can be looked at, whether or not the comparison has."""
    make_run(begun, "constant-seed3")
    (begun / "runs" / "constant-seed3" / "results.json").write_text("{}")
    assert extend(begun, schedules=("fu2019",)).seen == ()
    assert extend(begun, seeds=3).seen == (3, 4)
    assert extend(begun, seeds=5).seen == reopen(begun).seen == (3, 4)
    assert extend(begun, seeds=2).seen == (3, 4)


def test_seeds_that_are_left_out_after_a_look_are_remembered(begun):
    assert extend(begun, seeds=6).left_out == extend(begun, seeds=5).left_out == ()
    make_run(begun, "constant-seed3")
    (begun / "runs" / "constant-seed3" / "results.json").write_text("{}")
    assert extend(begun, seeds=2).left_out == reopen(begun).left_out == (5, 6, 7)


def test_text_that_has_changed_is_refused(begun):
    make_run(begun, "constant-seed3")
    plan = reopen(begun)
    (entry,) = (each for each in plan.entries() if each.seed == 3)
    run = begun / "runs" / entry.folder
    run.rmdir()
    corpora = read_corpora(plan.base.data, plan.files)
    origin = {"corpus": {"name": corpora.name, "sha256": corpora.sha256, "files": plan.files}}
    Run.create(run, entry.config, corpora.vocabulary, corpora.tokens, origin=origin)
    assert extend(begun, seeds=3).seeds == (3, 4, 5)
    text = Path(plan.files["train"])
    text.write_text("".join(f"{line} too\n" for line in text.read_text().splitlines()))
    with pytest.raises(UsageError, match="is not the text any more"):
        extend(begun, seeds=4)
    assert reopen(begun).seeds == (3, 4, 5)


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ({"seeds": 0}, "there is no seed"),
        ({"schedules": ("cyclicl",)}, "cyclicl"),
        ({"schedules": ("constant:-1",)}, "beta is -1"),
        ({"baselines": ("bert",)}, "bert"),
        ({"schedules": ("cyclical", "fu2019")}, "fu2019 and cyclical are the same schedule"),
        ({"schedules": ("constant:1.0",)}, "constant:1.0 and constant are the same schedule"),
    ],
)
def test_what_is_not_possible_is_told_and_changes_nothing(begun, added, told):
    before = (begun / "comparison.json").read_text()
    with pytest.raises(UsageError, match=told):
        extend(begun, **added)
    assert (begun / "comparison.json").read_text() == before


def test_a_comparison_of_an_earlier_version_is_extended_too(begun):
    file = begun / "comparison.json"
    plain = json.loads(file.read_text())
    del plain["seen"]
    file.write_text(json.dumps(plain))
    assert extend(begun, seeds=3).seeds == (3, 4, 5)


def make_run(begun, name):
    (begun / "runs" / name).mkdir()


def test_seeds_are_left_out_again_as_long_as_none_of_their_runs_has_begun(begun):
    extend(begun, seeds=8, schedules=("cyclical",))
    make_run(begun, "cyclical-seed5")
    with pytest.raises(UsageError, match="a run of seed 5 has begun: give --seeds 3 or"):
        extend(begun, seeds=2)
    assert extend(begun, seeds=3).seeds == (3, 4, 5)
    assert extend(begun, seeds=5).seeds == reopen(begun).seeds == (3, 4, 5, 6, 7)


def test_one_schedule_in_two_spellings_goes_on_where_it_is_there_already(begun):
    """An earlier version took both; what is added is compared with them alone."""
    file = begun / "comparison.json"
    plain = json.loads(file.read_text()) | {"schedules": ["cyclical", "fu2019"]}
    file.write_text(json.dumps(plain))
    assert extend(begun) == extend(begun, schedules=("fu2019",)) == reopen(begun)
    assert extend(begun, seeds=3, schedules=("constant",)).names == (
        "cyclical",
        "fu2019",
        "constant",
    )
    with pytest.raises(UsageError, match="cyclical:n_cycles=4 and cyclical are the same"):
        extend(begun, schedules=("cyclical:n_cycles=4",))


def test_a_ramp_of_one_step_is_not_one_over_the_whole_run(begun):
    assert len(extend(begun, schedules=("monotonic:1", "monotonic:1.0")).schedules) == 3


def test_baselines_are_not_taken_for_schedules(begun):
    """The baseline's beta is that of the base, which a schedule may have too."""
    base = reopen(begun).base.objective.beta
    plan = extend(begun, schedules=(base,), baselines=("lm",))
    assert plan.names == ("constant", base, "lm")


def test_it_waits_for_nobody_and_leaves_what_another_process_does(begun):
    with FileLock(begun / ".lock"), pytest.raises(UsageError, match="another process"):
        extend(begun, seeds=5)
    assert reopen(begun).seeds == (3, 4)


def test_what_another_process_added_just_then_is_kept(begun, monkeypatch):
    """Another one adds seeds between the first look at the plan and the lock."""
    usual, others = extending.alone, [4]

    def late(folder):
        if others:
            extend(begun, seeds=others.pop())
        return usual(folder)

    monkeypatch.setattr(extending, "alone", late)
    assert extend(begun, schedules=("cyclical",)).seeds == (3, 4, 5, 6)
    assert reopen(begun).schedules == ("constant", "cyclical")


def test_what_was_added_meanwhile_is_not_overlooked_by_whoever_trains(begun):
    before = reopen(begun)
    extend(begun, baselines=("lm",))
    with pytest.raises(UsageError, match="compares something else by now: give the command again"):
        carry_out(before, begun, workers=1, device="cpu")
    assert list((begun / "runs").iterdir()) == []


def test_no_comparison_is_made_where_there_is_none(tmp_path):
    with pytest.raises(UsageError, match="no comparison"):
        extend(tmp_path / "typo", seeds=3)
    assert not (tmp_path / "typo").exists()
