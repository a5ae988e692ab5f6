"""What is written is what was measured, and nothing where nothing was."""

from unvanish.experiments.judging import Claim, how_judged
from unvanish.experiments.published import PublishedRow, PublishedTable
from unvanish.experiments.reproducing import Findings, ResultTable
from unvanish.experiments.reproducing.markdown import as_markdown, cells, headings
from unvanish.measures import summarize


def results(quick=False):
    published = PublishedTable(
        "Table 9", {"a": PublishedRow({"kl": 2.5}, "another split"), "b": PublishedRow({"kl": 3})}
    )
    rows = {"a": {"kl": summarize([1.0, 2.0]), "ppl": summarize([7.0, 9.0])}, "b": {}}
    findings = Findings(
        [Claim("more | less", "Table 9", "holds", "kl +1")],
        [ResultTable("figures", {"kl": 2, "ppl": 1}, rows, published)],
        remarks=("a remark",),
    )
    return {
        "title": "A study",
        "source": "Table 9",
        "quick": quick,
        "seeds": [1, 2],
        "summary": findings.summary(quick=quick),
        "environments": [
            {"device": "a processor", "torch": "2", "python": "3", "precision": precision}
            for precision in ("bf16", "fp32")
        ],
    }


def test_rows_of_the_paper_stand_below_ours():
    (table,) = results()["summary"]["tables"]
    assert headings(table) == ["", "seeds", "kl", "ppl"]
    assert cells(table) == [
        ["a", "2", "1.50 ± 0.71", "8.0 ± 1.4"],
        ["the paper †", "", "2.50", ""],
        ["b", "", "", ""],
        ["the paper", "", "3.00", ""],
    ]


def test_where_reasons_differ_it_is_said_of_which_rows_each_is():
    text = as_markdown(results(quick=True))
    short = text.partition("another split; ")[2].partition(".\n")[0]
    assert short.startswith("ours in short")
    assert (
        f"† Not comparable (a): another split; {short}.\n\n† Not comparable (b): {short}." in text
    )


def test_the_text_has_it_all():
    text = as_markdown(results())
    for part in (
        "# A study",
        "2 seeds. a processor, torch 2, Python 3, bf16; a processor, torch 2, Python 3, fp32.",
        "| more \\| less | Table 9 | **holds** | kl +1 |",
        "| the paper † |  | 2.50 |  |",
        "† Not comparable: another split.",
        "Paper: Table 9; single runs, no spread given.",
        "a remark\n",
    ):
        assert part in text
    assert as_markdown(results(), heading=False) == text.removeprefix("# A study\n\n") != text
    assert "--quick" not in text
    assert "establishes nothing" in as_markdown(results(quick=True))


def test_without_verdicts_claims_are_not_listed():
    whole, short = as_markdown(results()), as_markdown(results(), verdicts=False)
    assert "| claim |" in whole
    assert "claim" not in short
    assert [line for line in short.splitlines() if line not in whole.splitlines()] == []


def test_where_chance_has_no_part_no_seeds_are_counted():
    text = as_markdown(results() | {"seeds": []})
    assert "|  | kl | ppl |\n| --- | ---: | ---: |\n| a | 1.50 ± 0.71 | 8.0 ± 1.4 |" in text
    assert "| the paper † | 2.50 |  |" in text


def test_it_is_said_how_many_claims_were_judged_together():
    def plain(*p_values):
        claims = [
            Claim("so", "here", "not established", "x", tested=True, p_value=p) for p in p_values
        ]
        exact = Claim("an equation", "here", "holds", "x", exact=True)
        return Findings([exact, *claims]).summary()["claims"]

    (said,) = how_judged(plain(0.01, 0.2, 0.01, None))
    assert "adjusted for the 4 claims" in said
    assert "Holm 1979, https://www.jstor.org/stable/4615733" in said
    assert how_judged(plain()) == how_judged(plain(None)) == []
    before = [
        {key: value for key, value in each.items() if "p_value" not in key}
        for each in plain(0.01, 0.2)
    ]
    (said,) = how_judged(before)  # as they were written when there was no adjustment
    assert "not adjusted for the number of claims (2)" in said
    assert how_judged(before[:1]) == []
    text = as_markdown(results() | {"summary": {"claims": before, "tables": [], "remarks": []}})
    assert said in text
