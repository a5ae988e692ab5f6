"""What a person sees of a comparison."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ..comparison import Ended, Entry, Listener

__all__ = ["TerminalListener", "tables"]

DECIMALS = {"rec": 2, "kl": 3, "elbo": 2, "ppl": 2, "active_units": 1}


class TerminalListener(Listener):
    """Shows a bar over all runs with the time left, and a line a run, on standard error.

    Args:
        entries: All runs.
        quiet: Tell warnings only.
    """

    def __init__(self, entries: Sequence[Entry], *, quiet: bool) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._quiet, self._steps = quiet, dict.fromkeys((e.folder for e in entries), 0)
        self._over = 0
        self._progress = Progress(
            TextColumn("{task.fields[runs]}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("steps, left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=self._console,
            disable=quiet,
        )
        self._task = self._progress.add_task("", total=None, runs=self._runs())

    def __enter__(self) -> "TerminalListener":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def _runs(self) -> str:
        return f"{self._over} of {len(self._steps)} runs"

    def planned(self, entry: Entry, total_steps: int) -> None:
        """Learn how long a run is: all are equally long."""
        self._progress.update(self._task, total=total_steps * len(self._steps))

    def moved(self, entry: Entry, step: int) -> None:
        """Move the bar."""
        self._steps[entry.folder] = step
        self._progress.update(self._task, completed=sum(self._steps.values()))

    def warned(self, entry: Entry, message: str) -> None:
        """Write a warning."""
        text = f"{entry.folder}: warning: {message}"
        self._console.print(text, markup=False, soft_wrap=True)

    def ended(self, ended: Ended) -> None:
        """Say how a run ended."""
        self._over += 1
        self._progress.update(self._task, runs=self._runs())
        if ended.problem is not None:
            text = f"{ended.entry.folder}: {ended.problem}"
            self._console.print(text, markup=False, soft_wrap=True)
        elif not self._quiet:
            self._console.print(f"{ended.entry.folder}: done", markup=False, soft_wrap=True)


def tables(results: Mapping[str, Any]) -> list[Table]:
    """Lay a comparison out as tables.

    Args:
        results: What ``results.json`` holds.
    """
    summary = results["summary"]
    found = [_figures(summary["rows"])]
    return [*found, _differences(summary["differences"])] if summary["differences"] else found


def _figures(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("mean ± standard deviation over seeds", "schedule", "seeds", *DECIMALS)
    for row in rows:
        cells = [_spread(row["figures"][name], digits) for name, digits in DECIMALS.items()]
        table.add_row(row["schedule"], str(len(row["seeds"])), *cells)
    return table


def _differences(differences: Sequence[Mapping[str, Any]]) -> Table:
    headings = ("first - second", "of", "difference", "over sentences", "over seeds", "verdict")
    table = _table("differences with 95 % intervals", *headings)
    for entry in differences:
        table.add_row(
            f"{entry['first']} - {entry['second']}",
            entry["figure"],
            f"{entry['mean']:+.3f}",
            _interval(entry["sentences"]),
            _interval(entry["seeds"]),
            entry["verdict"],
        )
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for k, heading in enumerate(headings):
        last = k == len(headings) - 1 and heading == "verdict"
        table.add_column(heading.replace("_", " "), justify="left" if k == 0 or last else "right")
    return table


def _spread(spread: Mapping[str, Any], digits: int) -> str:
    deviation = spread["standard_deviation"]
    mean = f"{spread['mean']:.{digits}f}"
    return mean if deviation is None else f"{mean} ± {deviation:.{digits}f}"


def _interval(interval: Sequence[float] | None) -> str:
    return "-" if interval is None else f"{interval[0]:+.3f} to {interval[1]:+.3f}"
