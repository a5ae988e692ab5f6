"""Verdicts on what is higher or lower, whichever is said, seed by seed."""

from dataclasses import replace

import pytest

from unvanish.config import Config
from unvanish.experiments.judging import Comparison, judge_comparisons
from unvanish.experiments.reproducing import Cell, TextRuns


class Told:
    """A run that tells a KL."""

    def __init__(self, kl):
        self.kl = kl

    def results(self):
        return {"splits": {"test": {"last": {"kl": self.kl}}}}


def runs(**cells):
    told = {name: {seed: Told(kl) for seed, kl in kls.items()} for name, kls in cells.items()}
    return TextRuns([Cell(name, Config()) for name in cells], told)


LOW, HIGH = {1: 100.0, 2: 200.0, 3: 300.0}, {1: 101.0, 2: 201.1, 3: 300.9}
SAID = Comparison("it is so", "Table 9", "high", "low", "kl", "higher")


@pytest.mark.parametrize(
    ("pair", "expected", "verdict"),
    [
        (("high", "low"), "higher", "holds"),
        (("high", "low"), "lower", "does not hold"),
        (("low", "high"), "lower", "holds"),
        (("low", "high"), "higher", "does not hold"),
        (("low", "low"), "higher", "not established"),
        (("low", "low"), "lower", "not established"),
    ],
)
def test_a_claim_holds_on_the_side_that_is_said(pair, expected, verdict):
    said = Comparison("it is so", "Table 9", *pair, "kl", expected, 0.5)
    (claim,) = judge_comparisons([said], runs(low=LOW, high=HIGH))
    assert claim.verdict == verdict
    sign = {("high", "low"): "+1.000", ("low", "high"): "-1.000"}.get(pair, "+0.000")
    assert claim.evidence.startswith(f"kl {sign} (95 % interval")
    assert claim.evidence.endswith("; the paper: +0.50")
    assert (claim.claim, claim.where) == ("it is so", "Table 9")
    assert (claim.p_value < 0.05) == (verdict != "not established")


def test_only_seeds_that_both_have_are_compared():
    found = runs(low={1: 0.0, 5: 50.0}, high={5: 51.0, 7: 1.0}, none={})
    claim, absent = judge_comparisons([SAID, replace(SAID, second="none")], found)
    assert claim.verdict == "not established"
    assert claim.evidence == "kl +1.000 with one seed"
    assert claim.p_value is None
    assert found.difference("high", "low", "kl").values == (1.0,)
    assert (absent.verdict, absent.evidence) == ("not established", "not measured")
