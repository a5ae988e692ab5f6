"""Shapes are called alike where all of them are, and not where a pair is apart."""

import pytest

from unvanish.experiments.judging import adjusted
from unvanish.experiments.shapes import MARGINS, alike

LABELS = {"a": "linear", "b": "sigmoid", "c": "cosine"}


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        ((1.0, 1.02, 0.98), "holds"),
        ((1.0, 1.3, 1.0), "does not hold"),
        ((1.0, 1.0, 0.7), "does not hold"),
        ((1.0, 1.1, 1.0), "not established"),
    ],
)
def test_every_pair_has_to_be_within_the_margin(fabricated, ends, verdict):
    runs = fabricated({name: {"kl": kl} for name, kl in zip(LABELS, ends, strict=True)})
    claim = alike("some text", runs, LABELS, "kl", 0.1)
    assert claim.verdict == verdict
    assert (claim.p_value <= 0.05) == (verdict != "not established")
    assert "cyclical, some text" in claim.claim
    assert "changes the kl by less than 0.1 nats" in claim.claim


def test_the_largest_difference_is_told_with_its_sign(fabricated):
    runs = fabricated({"a": {"kl": 1.0}, "b": {"kl": 1.3}, "c": {"kl": 1.1}})
    told = alike("some text", runs, LABELS, "kl", 0.1).evidence
    assert told.startswith("the largest difference, linear less sigmoid: kl -0.300 (95 % interval")
    assert "3 seeds" in told


def test_what_was_not_measured_is_said_and_counts_among_the_claims(fabricated):
    absent = fabricated({"a": {"kl": 1.0}, "b": {"kl": 1.0}, "c": {}})
    claim = alike("some text", absent, LABELS, "kl", 0.1)
    assert (claim.verdict, claim.evidence) == ("not established", "not measured")
    near = alike("some text", fabricated({k: {"kl": 1.0} for k in LABELS}), LABELS, "kl", 0.1)
    alone, beside = adjusted([near])[0], adjusted([near, *[claim] * 3])[0]
    assert beside.adjusted_p_value == pytest.approx(min(1.0, 4 * alone.adjusted_p_value))


def test_margins_are_there_for_both_texts():
    assert set(MARGINS) == {"synthetic text", "Penn Treebank"}
    assert all(set(each) == {"kl", "elbo"} for each in MARGINS.values())
