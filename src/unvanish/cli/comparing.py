"""What a person sees of a comparison."""

from collections.abc import Sequence
from itertools import product

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ..comparison import ComparisonPlan, Ended, Listener
from ..comparison.found import Found, TextTable
from ..schedules.wording import plural

__all__ = ["TerminalListener", "tables", "told_changes"]

_LOOKED_BACK = 300.0
"""Seconds of which the time left is estimated: some runs tell their steps every few minutes."""


class TerminalListener(Listener):
    """Shows a bar over all runs with the time left, and a line a run, on standard error.

    Args:
        folders: The names of all runs' folders.
        quiet: Tell warnings only.
    """

    def __init__(self, folders: Sequence[str], *, quiet: bool) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._quiet, self._steps = quiet, dict.fromkeys(folders, 0)
        self._totals: dict[str, int] = {}
        self._over = 0
        self._begun: set[str] = set()
        self._warnings: set[str] = set()
        self._progress = Progress(
            TextColumn("{task.fields[runs]}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("steps, left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=self._console,
            disable=quiet,
            speed_estimate_period=_LOOKED_BACK,
        )
        self._task = self._progress.add_task("", total=None, runs=self._runs())

    def __enter__(self) -> "TerminalListener":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def _runs(self) -> str:
        return f"{self._over} of {len(self._steps)} runs"

    def planned(self, folder: str, total_steps: int) -> None:
        """Learn how long a run is; one of which nothing is known yet is as long as the longest."""
        self._totals[folder] = total_steps
        unknown = len(self._steps) - len(self._totals)
        total = sum(self._totals.values()) + unknown * max(self._totals.values())
        if total != self._progress.tasks[0].total:  # else the speed is estimated anew for nothing
            self._progress.update(self._task, total=total)

    def moved(self, folder: str, step: int) -> None:
        """Move the bar; the steps that a run begins with were done at another time."""
        begins, self._steps[folder] = folder not in self._begun, step
        self._begun.add(folder)
        move = self._progress.reset if begins else self._progress.update
        move(self._task, completed=sum(self._steps.values()))

    def warned(self, folder: str, message: str) -> None:
        """Write a warning; one that is true of every run, as of their text, once."""
        if message in self._warnings:
            return
        self._warnings.add(message)
        text = f"{folder}: warning: {message}"
        self._console.print(text, markup=False, soft_wrap=True)

    def ended(self, ended: Ended) -> None:
        """Say how a run ended; what was not done of it is not left to be done."""
        self._over += 1
        self.planned(ended.folder, self._steps[ended.folder])
        self._progress.update(self._task, runs=self._runs())
        if ended.problem is not None:
            text = f"{ended.folder}: {ended.problem}"
            self._console.print(text, markup=False, soft_wrap=True)
        elif not self._quiet:
            self._console.print(f"{ended.folder}: done", markup=False, soft_wrap=True)


def told_changes(before: ComparisonPlan, after: ComparisonPlan) -> str:
    """Say in a line what was added to a comparison or left out of it, or nothing.

    Args:
        before: What was compared.
        after: What is compared from now on.
    """
    changes = {"added": _beyond(after, before), "left out": _beyond(before, after)}
    return "; ".join(f"{how}: {what}" for how, what in changes.items() if what)


def _beyond(more: ComparisonPlan, less: ComparisonPlan) -> str:
    """List what one comparison has and another has not, with the number of runs."""
    seeds = [seed for seed in more.seeds if seed not in less.seeds]
    told = [f"seed{'s' if len(seeds) > 1 else ''} {_listed(seeds)}"] if seeds else []
    told += [f"schedule {name}" for name in more.schedules if name not in less.schedules]
    told += [f"baseline {name}" for name in more.baselines if name not in less.baselines]
    runs = len({*product(more.names, more.seeds)} - {*product(less.names, less.seeds)})
    return f"{'; '.join(told)}: {plural(runs, 'run')}" if told else ""


def _listed(seeds: Sequence[int]) -> str:
    """List seeds that follow each other, many of them by the first and the last."""
    return ", ".join(map(str, seeds)) if len(seeds) < 4 else f"{seeds[0]} to {seeds[-1]}"


def tables(found: Found) -> list[Table]:
    """Lay a comparison out as tables that fit into 80 characters.

    Args:
        found: What it found.
    """
    every = (found.schedules, found.figures, found.differences)
    return [_table(table) for table in every if table is not None]


def _table(text: TextTable) -> Table:
    table = Table(title=text.title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in text.headings:
        words = heading in ("", "schedule", "seeds", "latent variable", "of", "verdict")
        table.add_column(
            heading,
            justify="left" if words else "right",
            no_wrap=heading not in ("schedule", "latent variable"),
            overflow="fold" if heading == "schedule" else "ellipsis",
        )
    for row in text.rows:
        table.add_row(*row)
    return table
