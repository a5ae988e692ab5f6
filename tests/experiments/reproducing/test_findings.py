"""What is written of findings: verdicts of all claims together, tables beside the paper's."""

import pytest

from unvanish.experiments.judging import Claim
from unvanish.experiments.published import PublishedRow, PublishedTable
from unvanish.experiments.reproducing import Findings, ResultTable
from unvanish.measures import summarize


def test_verdicts_that_are_written_are_those_of_all_claims_together():
    claims = [Claim(f"{p}", "here", "holds", "x", tested=True, p_value=p) for p in (0.04, 0.01)]
    told = Findings([*claims, *claims]).summary()["claims"]
    assert [each["p_value"] for each in told] == [0.04, 0.01] * 2
    assert [each["adjusted_p_value"] for each in told] == [0.08, 0.04] * 2
    assert [each["verdict"] for each in told] == ["not established", "holds"] * 2
    short = Findings(claims).summary(quick=True)["claims"]
    assert {each["verdict"] for each in short} == {"not established"}
    assert short[1]["evidence"] == "x; adjusted p 0.020; in these sizes it holds"


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


@pytest.mark.parametrize(
    ("caveat", "marked"),
    [
        ("", "ours in short, "),
        ("another split", "another split; ours in short, "),
    ],
)
def test_in_short_no_row_can_be_compared_with_the_papers(caveat, marked):
    published = PublishedTable("Table 9", {"a": PublishedRow({"kl": 2.5}, caveat)})
    rows = {"a": {"kl": summarize([1.0, 2.0])}, "b": {"kl": summarize([1.0])}}
    table = ResultTable("figures", {"kl": 2}, rows, published)
    (plain,) = Findings([], [table]).summary(quick=True)["tables"]
    one, other = (row["caveat"] for row in plain["rows"])
    assert one.startswith(marked)
    assert other == ""
    (whole,) = Findings([], [table]).summary()["tables"]
    assert [row["caveat"] for row in whole["rows"]] == [caveat, ""]
