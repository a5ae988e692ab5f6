"""The page of an experiment."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...report.page import Page, Section, Table
from ..judging import HEADINGS, MEANING, claim_row, how_judged
from .findings import Findings
from .markdown import NOT_RECORDED, caveats, cells, headings

__all__ = ["make_page"]


def make_page(results: Mapping[str, Any], findings: Findings) -> Page:
    """Put the page together.

    Args:
        results: What ``results.json`` holds.
        findings: What it was made of, with the pictures.
    """
    summary = results["summary"]
    pictures = findings.pictures
    return Page(
        title=results["title"],
        lead=_lead(results),
        sections=(
            Section("What holds", tables=(_claims(summary["claims"]),)),
            *_figures(summary["tables"]),
            *([Section("Pictures", pictures=pictures)] if pictures else []),
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


def _claims(claims: Sequence[Mapping[str, Any]]) -> Table:
    return Table(
        " ".join([MEANING, *how_judged(claims)]),
        HEADINGS,
        [claim_row(claim) for claim in claims],
        numeric=False,
    )


def _figures(tables: Sequence[Mapping[str, Any]]) -> Sequence[Section]:
    """Make the section of figures, if there are any but those that stand aside."""
    shown, folded = (
        [
            Table(_caption(table), headings(table), cells(table))
            for table in tables
            if table["aside"] is aside
        ]
        for aside in (False, True)
    )
    return [Section("Figures", tables=shown, folded=folded)] if shown else []


def _caption(table: Mapping[str, Any]) -> str:
    parts = [f"{table['title']}: mean ± standard deviation over seeds"]
    if table["source"]:
        parts.append(f"paper: {table['source']}; {table['noise']}")
    parts += [f"† not comparable{of}: {caveat}" for caveat, of in caveats(table).items()]
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
