"""What there is to know of the tables of a comparison, a sentence each."""

from collections.abc import Mapping, Sequence
from itertools import count, product
from pathlib import Path
from typing import Any

from ..config import BASELINES
from .plan import ComparisonPlan
from .power import USUAL_SEEDS, needed_deviations

__all__ = ["missing_notes", "notes"]

_EXPLAINED = (
    "nats per sentence on the test split, last parameters, beta = 1; each interval is that of its "
    "difference for itself, verdicts are adjusted for the number of differences (Holm)"
)

_LARGE = 4.0
"""Standard deviations of a difference over seeds from which on it is told what others need."""


def notes(summary: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the sentences about what was found.

    Args:
        summary: That of ``results.json``.
    """
    return (
        *(_of_baseline(row["schedule"]) for row in summary["rows"] if row["schedule"] in BASELINES),
        _EXPLAINED,
        *_of_power(summary["rows"], summary["differences"]),
        *_of_added(summary),
        *_of_left_out(summary),
    )


def missing_notes(
    plan: ComparisonPlan, summary: Mapping[str, Any], folder: Path
) -> tuple[str, ...]:
    """Say so where runs are not in the results: they are not trained yet, or have failed.

    Args:
        plan: What is compared.
        summary: That of ``results.json``.
        folder: Where.
    """
    there = {(row["schedule"], seed) for row in summary["rows"] for seed in row["seeds"]}
    planned = set(product(plan.names, plan.seeds))
    missing = len(planned - there)
    if not missing:
        return ()
    return (
        f"{missing} of {len(planned)} runs are not in these results: unvanish compare --resume "
        f"--out {folder} goes on",
    )


def _of_baseline(name: str) -> str:
    return f"baseline {name}: the decoder without z, elbo = log p(x); that of a VAE may be below it"


def _of_power(
    rows: Sequence[Mapping[str, Any]], differences: Sequence[Mapping[str, Any]]
) -> tuple[str, ...]:
    """Say so where seeds are too few for almost any difference."""
    judged = [entry for entry in differences if entry.get("p_value") is not None]
    if all(entry["verdict"] != "not established" for entry in judged):
        return ()
    seeds_of = {row["schedule"]: set(row["seeds"]) for row in rows}
    seeds = max(len(seeds_of[entry["first"]] & seeds_of[entry["second"]]) for entry in judged)
    needed = needed_deviations(seeds, len(judged))
    if needed <= _LARGE:
        return ()
    more = ((n, needed_deviations(n, len(judged))) for n in count(max(seeds + 1, USUAL_SEEDS)))
    enough, less = next((n, least) for n, least in more if least <= _LARGE)
    return (
        f"with {seeds} seeds and {len(judged)} differences none is established unless one is "
        f"{needed:.1f} of its standard deviations over seeds from 0; with {enough} seeds it would "
        f"take {less:.1f} at least",
    )


def _of_added(summary: Mapping[str, Any]) -> tuple[str, ...]:
    """Say so where seeds were added to others whose results were known."""
    seen = summary.get("seen_seeds", ())
    found = {seed for row in summary["rows"] for seed in row["seeds"]}
    every = summary.get("seeds", found)
    added = sorted(set(every) - set(seen)) if seen else []
    if not added:
        return ()
    before = ", ".join(map(str, seen))
    return (
        f"{_were(added)} added when the results of {before} were there, which no verdict "
        "accounts for; only seeds that nobody has looked at, as many as are fixed beforehand, are "
        f"free of that: --seed {max(every) + 1} --seeds {USUAL_SEEDS} in another --out",
    )


def _of_left_out(summary: Mapping[str, Any]) -> tuple[str, ...]:
    """Say so where fewer seeds were trained than were planned, after some results were known."""
    left_out = summary.get("left_out_seeds", ())
    if not left_out:
        return ()
    return (
        f"{_were(left_out)} planned, and left out when results of others were there, which no "
        "verdict accounts for",
    )


def _were(seeds: Sequence[int]) -> str:
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))} " + (
        "were" if len(seeds) > 1 else "was"
    )
