"""What a comparison found, as tables and sentences of text: the same for a terminal and a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import UsageError
from ..measures.figure_text import DECIMALS, spread_text
from ..runs import read_json
from .folder import reopen
from .notes import missing_notes, notes
from .plan import ComparisonPlan

__all__ = ["Found", "TextTable", "read_found", "tell_found"]


@dataclass(frozen=True)
class TextTable:
    """Rows of text under headings.

    Args:
        title: What the table shows.
        headings: Names of the columns.
        rows: Text of the cells; the first of a row says which row it is.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Found:
    """A comparison in words.

    Args:
        schedules: What is compared, each with a letter, its seeds and verdicts.
        figures: Means over seeds by letter.
        differences: Every difference with its intervals and verdict; ``None`` where there is one
            schedule only.
        notes: What there is to know of them, a sentence each.
    """

    schedules: TextTable
    figures: TextTable
    differences: TextTable | None
    notes: tuple[str, ...]


def read_found(folder: Path) -> Found | None:
    """Read what a comparison found, and how much of it is there.

    Args:
        folder: Where a comparison was begun.

    Returns:
        ``None`` where the folder holds no comparison, or one that has found nothing yet.

    Raises:
        UsageError: If its ``comparison.json`` or ``results.json`` is damaged.
    """
    file = folder / "results.json"
    if not (folder / "comparison.json").is_file() or not file.is_file():
        return None
    plan = reopen(folder)
    try:
        return tell_found(read_json(file, "no results"), plan, folder)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{file} is damaged: unvanish compare --resume --out {folder} writes it anew"
        ) from error


def tell_found(results: Mapping[str, Any], plan: ComparisonPlan, folder: Path) -> Found:
    """Put what a comparison found into words; schedules get a letter.

    Args:
        results: What ``results.json`` holds.
        plan: What is compared; runs that have not ended are not in the results.
        folder: Where.
    """
    summary = results["summary"]
    rows, differences = summary["rows"], summary["differences"]
    letters = {row["schedule"]: _letter(k) for k, row in enumerate(rows)}
    return Found(
        _schedules(rows, letters),
        _figures(rows, letters),
        _differences(differences, letters) if differences else None,
        (*notes(summary), *missing_notes(plan, summary, folder)),
    )


def _letter(k: int) -> str:
    """Number schedules A to Z, then A2, B2 and so on."""
    return chr(ord("A") + k % 26) + (str(k // 26 + 1) if k >= 26 else "")


def _schedules(rows: Sequence[Mapping[str, Any]], letters: Mapping[str, str]) -> TextTable:
    cells = []
    for row in rows:
        seeds = ", ".join(map(str, row["seeds"]))
        verdicts = ", ".join(f"{name} {count}" for name, count in row["verdicts"].items())
        cells.append((letters[row["schedule"]], row["schedule"], seeds, verdicts or "-"))
    return TextTable("schedules", ("", "schedule", "seeds", "latent variable"), tuple(cells))


def _figures(rows: Sequence[Mapping[str, Any]], letters: Mapping[str, str]) -> TextTable:
    headings = [name.replace("active_units", "active units") for name in DECIMALS]
    cells = []
    for row in rows:
        spreads = [(row["figures"][name], digits) for name, digits in DECIMALS.items()]
        texts = [
            spread_text(spread["mean"], spread["standard_deviation"], digits)
            for spread, digits in spreads
        ]
        cells.append((letters[row["schedule"]], *texts))
    return TextTable("mean ± standard deviation over seeds", ("", *headings), tuple(cells))


def _differences(entries: Sequence[Mapping[str, Any]], letters: Mapping[str, str]) -> TextTable:
    headings = ("", "of", "difference", "over sentences", "over seeds", "verdict")
    cells = [
        (
            f"{letters[entry['first']]} - {letters[entry['second']]}",
            entry["figure"],
            f"{entry['mean']:+.3f}",
            _interval(entry["sentences"]),
            _interval(entry["seeds"]),
            entry["verdict"],
        )
        for entry in entries
    ]
    return TextTable("differences with 95 % intervals", headings, tuple(cells))


def _interval(interval: Sequence[float] | None) -> str:
    return "-" if interval is None else f"{interval[0]:+.3f} to {interval[1]:+.3f}"
