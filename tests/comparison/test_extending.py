"""What is added to a comparison that has begun; its runs are in tests/cli/test_compare.py."""

import json

import pytest

from unvanish.comparison import ComparisonPlan, begin, extend, reopen
from unvanish.config import Config, UsageError, override

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
    (begun / "results.json").write_text("{}")
    assert extend(begun, schedules=("fu2019",)).seen == ()
    assert extend(begun, seeds=3).seen == (3, 4)
    assert extend(begun, seeds=5).seen == reopen(begun).seen == (3, 4)


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ({"seeds": 1}, "there are 2 seeds already"),
        ({"schedules": ("cyclicl",)}, "cyclicl"),
        ({"schedules": ("constant:-1",)}, "beta is -1"),
        ({"baselines": ("bert",)}, "bert"),
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
