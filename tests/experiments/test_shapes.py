"""Shapes are called alike where all of them are, and not where a pair is apart."""

import pytest

from unvanish.experiments import published
from unvanish.experiments.judging import adjusted, claim_of_margin
from unvanish.experiments.shapes import MARGINS, alike
from unvanish.measures import summarize

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


def test_the_difference_that_decides_is_told_with_its_sign(fabricated):
    runs = fabricated({"a": {"kl": 1.0}, "b": {"kl": 1.3}, "c": {"kl": 1.1}})
    told = alike("some text", runs, LABELS, "kl", 0.1).evidence
    deciding = "the difference that decides, linear less sigmoid: kl -0.300 (95 % interval"
    assert told.startswith(deciding)
    assert "3 seeds" in told


def test_a_noisy_difference_does_not_hide_the_one_that_decides():
    noisy, tight = summarize([3.0, -2.0, 1.5]), summarize([0.2, 0.201, 0.199])
    claim = claim_of_margin("", "", {"a less b": noisy, "a less c": tight}, 0.1, "kl")
    assert claim.verdict == "does not hold"
    assert claim.evidence.startswith("the difference that decides, a less c: kl +0.200")
    open_ = claim_of_margin("", "", {"a less b": noisy, "a less c": tight}, 0.3, "kl")
    assert open_.verdict == "not established"
    assert "a less b" in open_.evidence


def test_what_was_not_measured_is_said_and_counts_among_the_claims(fabricated):
    absent = fabricated({"a": {"kl": 1.0}, "b": {"kl": 1.0}, "c": {}})
    claim = alike("some text", absent, LABELS, "kl", 0.1)
    assert (claim.verdict, claim.evidence) == ("not established", "not measured")
    near = alike("some text", fabricated({k: {"kl": 1.0} for k in LABELS}), LABELS, "kl", 0.1)
    alone, beside = adjusted([near])[0], adjusted([near, *[claim] * 3])[0]
    assert beside.adjusted_p_value == pytest.approx(min(1.0, 4 * alone.adjusted_p_value))


def test_margins_on_penn_treebank_are_those_of_the_papers_tables():
    table = published.LR_ABLATION
    gains = [
        table.difference(f"cyclical-{rate}", f"monotonic-{rate}", "kl")
        for rate in ("constant", "cyclical")
    ]
    margins = MARGINS["Penn Treebank"]
    assert margins["kl"] == pytest.approx(min(gains) / 2, abs=0.01)
    first, again = published.LANGUAGE_MODEL.rows["vae-monotonic"], table.rows["monotonic-constant"]
    apart = first.figures["elbo"] - again.figures["elbo"]
    assert margins["elbo"] == pytest.approx(abs(apart))
