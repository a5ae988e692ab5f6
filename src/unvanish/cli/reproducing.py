"""What a person sees of an experiment of the paper."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.progress import TimeRemainingColumn as TimeLeftColumn
from rich.table import Table

from ..comparison import Listener
from ..experiments.judging import claim_line
from ..experiments.reproducing import Watcher, markdown
from ..experiments.reproducing.markdown import cells, headings
from .comparing import TerminalListener

__all__ = ["TerminalWatcher", "caveats", "claims", "tables"]


_UNBOUND = 1_000
"""Characters of a line that holds any table."""


class TerminalWatcher(Watcher):
    """Shows bars with the time left on standard error.

    Args:
        quiet: Tell warnings only.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def grid(self, folders: Sequence[str]) -> AbstractContextManager[Listener]:
        """Show a bar over runs."""
        return TerminalListener(folders, quiet=self._quiet)

    @contextmanager
    def bar(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """Show a bar over steps."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TextColumn("left"),
            TimeLeftColumn(elapsed_when_finished=False),
        )
        console = Console(stderr=True)
        with Progress(
            *columns, console=console, disable=self._quiet, refresh_per_second=2
        ) as progress:
            task = progress.add_task(title, total=total)
            yield lambda done: progress.update(task, completed=done)

    def tell(self, line: str) -> None:
        """Print a line, above the bar if there is one."""
        print(f"warning: {line}", file=sys.stderr)


def tables(results: Mapping[str, Any], console: Console) -> list[Table]:
    """Lay out the tables of an experiment, but for those aside, so that they fit.

    Where there is no room for standard deviations they are left out, and where there is none for
    all columns they stand below each other.

    Args:
        results: What ``results.json`` holds.
        console: Where they are to be printed.
    """
    shown = (plain for plain in results["summary"]["tables"] if not plain["aside"])
    return [table for plain in shown for table in _fitting(plain, console)]


def _fitting(plain: Mapping[str, Any], console: Console) -> list[Table]:
    every = list(plain["columns"])
    for deviations in (True, False):
        whole = _table(plain, every, deviations=deviations)
        if _fits(whole, console):
            return [whole]
    parts: list[list[str]] = []
    for name in every:
        if parts and _fits(_table(plain, [*parts[-1], name], deviations=False), console):
            parts[-1].append(name)
        else:
            parts.append([name])
    return [_table(plain, part, deviations=False) for part in parts]


def _fits(table: Table, console: Console) -> bool:
    unbound = console.options.update(width=_UNBOUND)
    return Measurement.get(console, unbound, table).maximum <= console.width


def _table(plain: Mapping[str, Any], figures: Sequence[str], *, deviations: bool) -> Table:
    """Lay out some columns of a table."""
    table = Table(
        title=f"{plain['title']}\n{_said(plain, deviations=deviations)}",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    some = {**plain, "columns": {name: plain["columns"][name] for name in figures}}
    for k, heading in enumerate(("", *headings(some)[2:])):
        words = heading.replace(" ", "\n")  # one below the other
        table.add_column(words, justify="right" if k else "left", no_wrap=True)
    for name, _, *texts in cells(some):  # without the number of seeds
        short = (text.partition(" ±")[0] for text in texts)
        table.add_row(name, *(texts if deviations else short))
    return table


def _said(plain: Mapping[str, Any], *, deviations: bool) -> str:
    """Say what the figures of a table are."""
    spreads = [spread for row in plain["rows"] for spread in row["ours"].values()]
    if all(spread["standard_deviation"] is None for spread in spreads):
        return "one seed" if spreads else "not measured"
    if deviations:
        return "mean ± standard deviation over seeds"
    return "means over seeds; standard deviations are in report.md"


def caveats(results: Mapping[str, Any]) -> list[str]:
    """Say why rows of the paper that are marked cannot be compared with ours.

    Args:
        results: What ``results.json`` holds.
    """
    shown = (table for table in results["summary"]["tables"] if not table["aside"])
    said = (f"{of}: {caveat}" for table in shown for caveat, of in markdown.caveats(table).items())
    return [f"† not comparable{each}" for each in dict.fromkeys(said)]


def claims(results: Mapping[str, Any]) -> list[str]:
    """Write a line for every claim, its verdict first.

    Args:
        results: What ``results.json`` holds.
    """
    return [claim_line(claim) for claim in results["summary"]["claims"]]
