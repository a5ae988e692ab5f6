"""What a comparison found, as tables and sentences of text: the same for a terminal and a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import BASELINES, UsageError
from ..measures.figure_text import DECIMALS, spread_text
from ..runs import read_json

__all__ = ["Found", "TextTable", "read_found", "tell_found"]

_EXPLAINED = (
    "nats per sentence on the test split, last parameters, beta = 1; each interval is that of its "
    "difference for itself, verdicts are adjusted for the number of differences (Holm)"
)


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
    """Read what a comparison found.

    Args:
        folder: Where a comparison was begun.

    Returns:
        ``None`` where the folder holds no comparison, or one that has found nothing yet.

    Raises:
        UsageError: If its ``results.json`` is damaged.
    """
    file = folder / "results.json"
    if not (folder / "comparison.json").is_file() or not file.is_file():
        return None
    try:
        return tell_found(read_json(file, "no results"))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{file} is damaged: unvanish compare --resume --out {folder} writes it anew"
        ) from error


def tell_found(results: Mapping[str, Any]) -> Found:
    """Put what a comparison found into words; schedules get a letter.

    Args:
        results: What ``results.json`` holds.
    """
    rows, differences = results["summary"]["rows"], results["summary"]["differences"]
    letters = {row["schedule"]: _letter(k) for k, row in enumerate(rows)}
    return Found(
        _schedules(rows, letters),
        _figures(rows, letters),
        _differences(differences, letters) if differences else None,
        (
            *(_of_baseline(name) for name in letters if name in BASELINES),
            _EXPLAINED,
            *_of_a_look(rows, results["summary"].get("seen_seeds", ())),
        ),
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


def _of_a_look(rows: Sequence[Mapping[str, Any]], seen: Sequence[int]) -> tuple[str, ...]:
    """Say so where seeds were added to others whose results were known."""
    added = sorted({seed for row in rows for seed in row["seeds"]} - set(seen)) if seen else []
    if not added:
        return ()
    before, after = (", ".join(map(str, seeds)) for seeds in (seen, added))
    return (
        f"seeds added to {before} when their results were there: {after}; no verdict accounts for "
        "that: if those results are the reason, judge the added ones alone, with --seed "
        f"{added[0]} --seeds {len(added)} in another --out",
    )


def _of_baseline(name: str) -> str:
    return f"baseline {name}: the decoder without z, elbo = log p(x); that of a VAE may be below it"
