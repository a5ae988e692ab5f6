"""What an experiment found: tables beside the paper's numbers, verdicts on its claims, pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ...measures import Spread
from ...report.picture import Picture
from ..judging import Claim, adjusted, left_open
from ..published import PublishedTable

__all__ = ["Findings", "ResultTable"]


@dataclass(frozen=True)
class ResultTable:
    """Measured figures beside those of the paper.

    Args:
        title: What it shows, with units.
        figures: Names of the columns, with the digits that are shown.
        rows: Mean and spread over seeds, by row and column; a figure that was not measured is
            absent.
        published: The paper's table, if it has one.
        labels: What rows are called, where that is not their name.
        aside: Whether it is for those who look closer.
    """

    title: str
    figures: Mapping[str, int]
    rows: Mapping[str, Mapping[str, Spread]]
    published: PublishedTable | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    aside: bool = False


@dataclass(frozen=True)
class Findings:
    """All that an experiment gives.

    Args:
        claims: Verdicts, each of its claim alone.
        tables: Figures.
        pictures: Figures drawn, each with its caption.
        runs: What the ``results.json`` of every run holds.
        remarks: What a reader has to know beside.
    """

    claims: Sequence[Claim]
    tables: Sequence[ResultTable] = ()
    pictures: Sequence[tuple[Picture, str]] = ()
    runs: Sequence[Mapping[str, Any]] = ()
    remarks: Sequence[str] = ()

    def summary(self, *, quick: bool = False) -> dict[str, Any]:
        """Write tables, claims and remarks as plain values for JSON.

        Verdicts are those of all claims together (:func:`adjusted`).

        Args:
            quick: Whether the sizes were not the paper's; then runs establish nothing.
        """
        claims = adjusted(self.claims)
        if quick:
            claims = [left_open(claim, "in these sizes") for claim in claims]
        return {
            "claims": [asdict(claim) for claim in claims],
            "tables": [_plain(table, _SHORT if quick else "") for table in self.tables],
            "remarks": list(self.remarks),
        }


_SHORT = "ours in short, with a smaller model and of part of the text, also of that to test on"


def _plain(table: ResultTable, caveat: str) -> dict[str, Any]:
    """Write a table with its rows.

    Args:
        table: The table.
        caveat: Why no row can be compared with the paper's; nothing where that is not so.
    """
    rows = [
        {
            "row": name,
            "label": table.labels.get(name, name),
            "ours": {column: asdict(spread) for column, spread in figures.items()},
            **_published(table.published, name, caveat),
        }
        for name, figures in table.rows.items()
    ]
    source = None if table.published is None else table.published.source
    return {
        "title": table.title,
        "aside": table.aside,
        "columns": dict(table.figures),
        "source": source,
        "noise": None if table.published is None else table.published.noise,
        "rows": rows,
    }


def _published(table: PublishedTable | None, row: str, caveat: str) -> dict[str, Any]:
    if table is None or row not in table.rows:
        return {"paper": None, "caveat": ""}
    caveats = [each for each in (table.rows[row].caveat, caveat) if each]
    return {"paper": dict(table.rows[row].figures), "caveat": "; ".join(caveats)}
