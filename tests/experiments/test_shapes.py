"""Which shapes differ is told, and that they do not is never established."""

from unvanish.experiments.shapes import alike

LABELS = {"a": "linear", "b": "sigmoid", "c": "cosine"}


def test_pairs_beyond_the_noise_are_named_with_their_sign(fabricated):
    rows = {"a": {"kl": 1.0, "elbo": -9.0}, "b": {"kl": 1.5, "elbo": -9.0}, "c": {"kl": 1.0}}
    claim = alike("some text", fabricated(rows), LABELS, "cyclical")
    told, _, count = claim.evidence.partition(" (of ")
    assert count.startswith("4 comparisons")  # kl of three pairs, elbo of one
    assert "linear less sigmoid: kl -0.50 (" in told
    assert "sigmoid less cosine: kl +0.50 (" in told
    assert "linear less cosine" not in told
    assert "elbo" not in told
    assert claim.verdict == "not established"
    assert "cyclical, some text" in claim.claim


def test_where_none_differs_or_none_was_measured_it_is_said(fabricated):
    same = fabricated({name: {"kl": 1.0, "elbo": -9.0} for name in LABELS})
    claim = alike("some text", same, LABELS, "monotonic")
    assert claim.evidence.startswith("no pair of shapes differs beyond the noise (of 6")
    absent = alike("some text", fabricated({name: {} for name in LABELS}), LABELS, "monotonic")
    assert (absent.verdict, absent.evidence) == ("not established", "one seed, or not measured")
