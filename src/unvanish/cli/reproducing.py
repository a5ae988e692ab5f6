"""What a person sees of an experiment of the paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.progress import TimeRemainingColumn as TimeLeftColumn
from rich.table import Table

from ..comparison import Entry, Listener
from ..experiments.reproducing import Watcher
from ..experiments.reproducing.markdown import cells, headings
from .comparing import TerminalListener

__all__ = ["TerminalWatcher", "claims", "tables"]


_UNBOUND = 1_000
"""Characters of a line that holds any table."""


class TerminalWatcher(Watcher):
    """Shows bars with the time left on standard error.

    Args:
        quiet: Tell warnings only.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def grid(self, entries: Sequence[Entry]) -> AbstractContextManager[Listener]:
        """Show a bar over runs."""
        return TerminalListener(entries, quiet=self._quiet)

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


def tables(results: Mapping[str, Any], console: Console) -> list[Table]:
    """Lay out the tables of an experiment, but for those aside.

    Where there is no room for standard deviations, they are left out.

    Args:
        results: What ``results.json`` holds.
        console: Where they are to be printed.
    """
    found = []
    for plain in results["summary"]["tables"]:
        if plain["aside"]:
            continue
        whole = _table(plain, deviations=True)
        unbound = console.options.update(width=_UNBOUND)
        fits = Measurement.get(console, unbound, whole).maximum <= console.width
        found.append(whole if fits else _table(plain, deviations=False))
    return found


def _table(plain: Mapping[str, Any], *, deviations: bool) -> Table:
    shown = "mean ± standard deviation over seeds"
    if not deviations:
        shown = "means over seeds; standard deviations are in report.md"
    table = Table(
        title=f"{plain['title']}\n{shown}",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for k, heading in enumerate(("", *headings(plain)[2:])):
        table.add_column(heading, justify="right" if k else "left", no_wrap=not k)
    for name, _, *figures in cells(plain):  # without the number of seeds
        short = (figure.partition(" ±")[0] for figure in figures)
        table.add_row(name, *(figures if deviations else short))
    return table


def claims(results: Mapping[str, Any]) -> list[str]:
    """Write a line for every claim, its verdict first.

    Args:
        results: What ``results.json`` holds.
    """
    return [
        f"{claim['verdict']:16}{claim['claim']} ({claim['where']}): {claim['evidence']}"
        for claim in results["summary"]["claims"]
    ]
