import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.experiments.published import PublishedRow, PublishedTable
from unvanish.experiments.reproducing import (
    Claim,
    Findings,
    ResultTable,
    claim_of_spread,
    judge,
    paired,
)
from unvanish.measures import summarize

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


def test_differences_are_of_equal_seeds():
    """What differs from seed to seed by 100 and between the two by 1 is established."""
    spread = paired([101.0, 201.0, 301.1], [100.0, 200.0, 300.0])
    claim = claim_of_spread("it is more", "Table 9", spread, "kl", theirs="; the paper: +2")
    assert claim.verdict == "holds"
    assert claim.evidence.startswith("kl +1.033 (95 % interval +0.8")
    assert claim.evidence.endswith("; the paper: +2")
    with pytest.raises(ValueError, match="zip"):
        paired([1.0], [1.0, 2.0])


def test_a_quick_run_takes_no_verdict_but_of_mathematics():
    claims = [
        Claim("one", "here", "holds", "x"),
        Claim("two", "here", "does not hold", "x"),
        Claim("three", "here", "not established", "x"),
        Claim("four", "here", "holds", "x", exact=True),
    ]
    told = Findings(claims).summary(quick=True)["claims"]
    assert [claim["verdict"] for claim in told] == ["not established"] * 3 + ["holds"]
    assert [claim["evidence"] for claim in told[:3]] == [
        "x; in these sizes it holds",
        "x; in these sizes it does not hold",
        "x",
    ]
    whole = Findings(claims).summary()["claims"]
    assert [claim["verdict"] for claim in whole] == [claim.verdict for claim in claims]


def test_a_table_has_ours_beside_the_papers():
    published = PublishedTable("Table 9", {"a": PublishedRow({"kl": 2.5}, "another split")})
    rows = {"a": {"kl": summarize([1.0, 2.0])}, "b": {}}
    table = ResultTable("figures", {"kl": 2, "rec": 1}, rows, published, {"b": "the other"})
    (plain,) = Findings([], [table]).summary()["tables"]
    assert plain["columns"] == {"kl": 2, "rec": 1}
    one, two = plain["rows"]
    assert one["ours"]["kl"]["mean"] == 1.5
    assert one["paper"] == {"kl": 2.5}
    assert one["caveat"] == "another split"
    assert (two["label"], two["ours"], two["paper"]) == ("the other", {}, None)
