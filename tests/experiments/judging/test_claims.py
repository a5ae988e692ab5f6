"""Verdicts of one claim, and of many at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.experiments.judging import (
    Claim,
    adjusted,
    claim_of_spread,
    judge,
    left_open,
    paired,
)
from unvanish.measures import holm, summarize

stats = pytest.importorskip("scipy.stats")

NUMBERS = st.floats(-5, 5)


@given(st.tuples(NUMBERS, NUMBERS).map(sorted), NUMBERS)
def test_a_verdict_is_where_the_whole_interval_is(interval, above):
    verdict = judge(tuple(interval), above=above)
    assert (verdict == "holds") == (interval[0] > above)
    assert (verdict == "does not hold") == (interval[1] < above)


def test_one_seed_establishes_nothing():
    assert judge(None) == "not established"
    claim = claim_of_spread("it is more", "Table 9", summarize([3.0]), "kl")
    assert claim.verdict == "not established"
    assert "one seed" in claim.evidence
    absent = claim_of_spread("it is more", "Table 9", None, "kl", theirs="; the paper: +2")
    assert (absent.verdict, absent.evidence) == ("not established", "not measured; the paper: +2")
    assert claim.p_value is absent.p_value is None


@pytest.mark.parametrize(
    ("values", "expected", "than", "verdict"),
    [
        ((1.0, 1.1, 0.9), "higher", 0.5, "holds"),
        ((1.0, 1.1, 0.9), "lower", 0.5, "does not hold"),
        ((1.0, 1.1, 0.9), "lower", 1.5, "holds"),
        ((1.0, 1.1, 0.9), "higher", 1.5, "does not hold"),
        ((1.0, 1.1, 0.9), "higher", 1.01, "not established"),
        ((-0.02, -0.03, -0.02), "higher", -0.1, "holds"),
    ],
)
def test_the_number_counts_on_both_sides(values, expected, than, verdict):
    claim = claim_of_spread("", "", summarize(values), "kl", expected=expected, than=than)
    assert claim.verdict == verdict
    assert claim.p_value == pytest.approx(stats.ttest_1samp(values, than).pvalue, abs=1e-9)


def test_differences_are_of_equal_seeds():
    """What differs from seed to seed by 100 and between the two by 1 is established."""
    spread = paired({1: 101.0, 2: 201.0, 3: 301.1, 7: 9.0}, {3: 300.0, 1: 100.0, 2: 200.0, 5: 0.0})
    claim = claim_of_spread("it is more", "Table 9", spread, "kl", theirs="; the paper: +2")
    assert claim.verdict == "holds"
    assert claim.evidence.startswith("kl +1.033 (95 % interval +0.8")
    assert claim.evidence.endswith("; the paper: +2")
    assert paired({1: 1.0}, {2: 1.0}) is None


def test_verdicts_of_many_are_those_of_adjusted_p_values_and_others_stay():
    equation = Claim("equation", "", "holds", "exact", exact=True)
    absent = Claim("absent", "", "not established", "not measured", tested=True)
    values = {0.001: "does not hold", 0.03: "holds", 0.04: "holds", 0.6: "not established"}
    judged = [
        Claim(f"{p}", "", verdict, "x", tested=True, p_value=p) for p, verdict in values.items()
    ]
    told = adjusted([equation, *judged[2:], absent, *judged[:2]])
    assert told[0] is equation
    assert told[3] is absent
    by_name = {claim.claim: claim for claim in told}
    for claim, p in zip(judged, holm([*values, 1.0]), strict=False):
        after = by_name[claim.claim]
        assert (after.p_value, after.adjusted_p_value) == (claim.p_value, p)
        assert after.evidence == f"x; adjusted p {p:.3f}"
    verdicts = [by_name[f"{p}"].verdict for p in values]
    assert verdicts == ["does not hold", *["not established"] * 3]
    assert [each.verdict for each in adjusted(judged[1:2])] == ["holds"]


def test_a_verdict_that_is_taken_back_is_told_and_others_stay():
    claim = Claim("it is more", "Table 9", "does not hold", "kl -1.000", p_value=0.01)
    after = left_open(claim, "in these sizes")
    assert (after.verdict, after.p_value) == ("not established", 0.01)
    assert after.evidence == "kl -1.000; in these sizes it does not hold"
    for other in (after, Claim("equation", "", "holds", "exact", exact=True)):
        assert left_open(other, "in these sizes") is other


def test_of_twenty_claims_of_nothing_one_gets_a_verdict_in_a_twentieth_of_cases():
    source, wrong = np.random.default_rng(4), {"alone": 0, "adjusted": 0}
    for _ in range(600):
        spreads = [summarize(row) for row in source.standard_normal((20, 3)).tolist()]
        claims = [claim_of_spread("", "", spread, "kl") for spread in spreads]
        for name, those in (("alone", claims), ("adjusted", adjusted(claims))):
            wrong[name] += any(claim.verdict != "not established" for claim in those)
    assert wrong["alone"] / 600 == pytest.approx(1 - 0.95**20, abs=0.08)
    assert wrong["adjusted"] / 600 == pytest.approx(0.05, abs=0.03)
