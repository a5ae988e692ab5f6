"""Tables and verdicts as Markdown, made from results.json alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...measures.figure_text import spread_text
from ..judging import HEADINGS, claim_row, how_judged

__all__ = ["NOT_RECORDED", "as_markdown", "caveats", "cells", "headings", "unjudged"]
__all__ += ["written_table"]

NOT_RECORDED = "device and versions not recorded"
"""Said of runs that earlier versions trained."""


def as_markdown(results: Mapping[str, Any], *, heading: bool = True, verdicts: bool = True) -> str:
    """Write what an experiment found.

    Args:
        results: What its ``results.json`` holds.
        heading: Whether its title stands above.
        verdicts: Whether its claims are listed.
    """
    summary = results["summary"]
    parts = [f"# {results['title']}"] if heading else []
    parts += [f"{results['source']}. {_circumstances(results)}"]
    if verdicts:
        parts += [_claims(summary["claims"]), *how_judged(summary["claims"])]
    by_seed = bool(results["seeds"])
    parts += [part for table in summary["tables"] for part in _table(table, by_seed=by_seed)]
    return "\n\n".join([*parts, *summary["remarks"]]) + "\n"


def unjudged(claims: Sequence[Mapping[str, Any]]) -> str:
    """Write claims that nothing has been said of yet, as a table.

    Args:
        claims: As ``results.json`` holds them.
    """
    rows = [claim_row(claim)[:2] for claim in claims]
    return written_table([HEADINGS[:2], *rows])


def written_table(rows: Sequence[Sequence[str]]) -> str:
    """Write rows of text as a table.

    Args:
        rows: The first are the headings.

    Example:
        >>> print(written_table([["a", "b"], ["1", "2"]]))
        | a | b |
        | --- | --- |
        | 1 | 2 |
    """
    head, *rest = rows
    lines = [_joined(head), _joined(["---"] * len(head))]
    return "\n".join([*lines, *(_joined([_escaped(text) for text in row]) for row in rest)])


def headings(table: Mapping[str, Any]) -> list[str]:
    """Name the columns of a table."""
    return ["", "seeds", *(figure.replace("_", " ") for figure in table["columns"])]


def cells(table: Mapping[str, Any]) -> list[list[str]]:
    """Write the rows of a table, below each that of the paper if there is one.

    A figure is the mean over seeds ± their standard deviation; what was not measured is empty, and
    what cannot be compared is marked.
    """
    return [line for row in table["rows"] for line in _lines(table["columns"], row)]


def caveats(table: Mapping[str, Any]) -> dict[str, str]:
    """Say why rows of the paper cannot be compared with ours, and where reasons differ of which.

    Args:
        table: As ``results.json`` holds it.

    Returns:
        Rows in brackets by reason; nothing in their place if one is that of all marked rows.
    """
    rows: dict[str, list[str]] = {}
    for row in table["rows"]:
        if row["caveat"]:
            rows.setdefault(row["caveat"], []).append(row["label"])
    if len(rows) == 1:
        return dict.fromkeys(rows, "")
    return {caveat: f" ({'; '.join(labels)})" for caveat, labels in rows.items()}


def _lines(columns: Mapping[str, int], row: Mapping[str, Any]) -> list[list[str]]:
    ours, paper = row["ours"], row["paper"]
    seeds = max((len(spread["values"]) for spread in ours.values()), default=0)
    written = [
        spread_text(ours[figure]["mean"], ours[figure]["standard_deviation"], digits)
        if figure in ours
        else ""
        for figure, digits in columns.items()
    ]
    lines = [[row["label"], str(seeds) if seeds else "", *written]]
    if paper is not None:
        mark = " †" if row["caveat"] else ""
        theirs = [
            f"{paper[figure]:.{digits}f}" if figure in paper else ""
            for figure, digits in columns.items()
        ]
        lines.append([f"the paper{mark}", "", *theirs])
    return lines


def _table(table: Mapping[str, Any], *, by_seed: bool) -> list[str]:
    """Write a table with its caveats and its source; without seeds where chance has no part."""
    lines = [headings(table), *cells(table)]
    lines = lines if by_seed else [[name, *figures] for name, _, *figures in lines]
    lines.insert(1, ["---", *["---:"] * (len(lines[0]) - 1)])
    parts = [f"**{table['title']}**", "\n".join(map(_joined, lines))]
    parts += [f"† Not comparable{of}: {caveat}." for caveat, of in caveats(table).items()]
    if table["source"]:
        parts.append(f"Paper: {table['source']}; {table['noise']}.")
    return parts


def _claims(claims: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for claim in claims:
        what, where, verdict, found = claim_row(claim)
        rows.append([what, where, f"**{verdict}**", found])
    return written_table([HEADINGS, *rows])


def _escaped(text: str) -> str:
    return text.replace("|", chr(92) + "|")


def _joined(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _circumstances(results: Mapping[str, Any]) -> str:
    count = _seeds(results["seeds"])
    quick = "; in short, with `--quick`, which establishes nothing" if results["quick"] else ""
    where = "; ".join(dict.fromkeys(_told(facts) for facts in results["environments"]))
    what = " Figures are means ± standard deviations over seeds." if results["seeds"] else ""
    return f"{count}{quick}. {where}.{what}"


def _seeds(seeds: Sequence[int]) -> str:
    if not seeds:
        return "No runs"
    return f"{len(seeds)} seed{'s' if len(seeds) > 1 else ''}"


def _told(facts: Mapping[str, Any] | None) -> str:
    if facts is None:
        return NOT_RECORDED
    precision = f", {facts['precision']}" if facts["precision"] != "none" else ""
    return f"{facts['device']}, torch {facts['torch']}, Python {facts['python']}{precision}"
