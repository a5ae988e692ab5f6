"""The page of an experiment."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...report.page import Page, Section, Table
from .findings import Findings
from .markdown import NOT_RECORDED, cells, headings, how_judged

__all__ = ["make_page"]


def make_page(results: Mapping[str, Any], findings: Findings) -> Page:
    """Put the page together.

    Args:
        results: What ``results.json`` holds.
        findings: What it was made of, with the pictures.
    """
    summary = results["summary"]
    claims = Table(
        " ".join(
            [
                "Holds: the mean over seeds lies beyond their noise on the side that the paper "
                "says. Does not hold: on the other. Not established: within it, or there is one "
                "seed.",
                *how_judged(summary["claims"]),
            ]
        ),
        ("claim", "where in the paper", "verdict", "what was found"),
        [
            [claim["claim"], claim["where"], claim["verdict"], claim["evidence"]]
            for claim in summary["claims"]
        ],
        numeric=False,
    )
    shown, folded = (
        [
            Table(_caption(table), headings(table), cells(table))
            for table in summary["tables"]
            if table["aside"] is aside
        ]
        for aside in (False, True)
    )
    return Page(
        title=results["title"],
        lead=_lead(results),
        sections=(
            Section("What holds", tables=(claims,)),
            *([Section("Figures", tables=shown, folded=folded)] if shown else []),
            *([Section("Pictures", pictures=findings.pictures)] if findings.pictures else []),
            Section("How it was made", text=summary["remarks"], tables=(_making(results),)),
        ),
        closing=(
            "After Fu, Li, Liu, Gao, Celikyilmaz, Carin, Cyclical Annealing Schedule: A Simple "
            "Approach to Mitigating KL Vanishing, NAACL 2019, arXiv:1903.10145.",
        ),
    )


def _lead(results: Mapping[str, Any]) -> Sequence[str]:
    text = f"Of the paper: {results['source']}."
    if not results["quick"]:
        return (text,)
    return text, "In short, with --quick: other sizes than the paper's, so nothing is established."


def _caption(table: Mapping[str, Any]) -> str:
    parts = [f"{table['title']}: mean ± standard deviation over seeds"]
    if table["source"]:
        parts.append(f"paper: {table['source']}; {table['noise']}")
    parts += [
        f"† not comparable: {caveat}"
        for caveat in dict.fromkeys(row["caveat"] for row in table["rows"] if row["caveat"])
    ]
    return ". ".join(parts) + "."


def _making(results: Mapping[str, Any]) -> Table:
    rows = [
        ["runs", str(len(results["runs"]))],
        ["seeds", ", ".join(map(str, results["seeds"]))],
        *(
            [key, str(value)]
            for environment in results["environments"]
            for key, value in (environment or {"environment": NOT_RECORDED}).items()
        ),
    ]
    return Table("Circumstances", (), rows, numeric=False)
