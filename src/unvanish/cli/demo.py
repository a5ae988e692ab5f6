"""``unvanish demo``: the paper's illustrative problem."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..processes import available_cores, prepare
from .options import ReplacingOptions
from .output import print_json

if TYPE_CHECKING:
    from rich.table import Table

    from ..experiments.illustrative import Outcome

__all__ = ["demo"]


def demo(
    *,
    steps: int = 8_000,
    seeds: int = 3,
    hold: int = 0,
    common: ReplacingOptions = ReplacingOptions(),  # noqa: B008 - frozen
) -> None:
    """See KL vanishing and its cure, without any data.

    Trains a small model on ten short sequences under constant, monotonic and cyclical beta, as in
    section 4 of Fu et al. (2019), and writes report.html, results.json and the figures into
    runs/demo, or where --out says. An earlier demo there is replaced. The same command gives the
    same numbers on the same machine with the same number of cores: which runs share a process
    changes the rounding, and in a long run that can be seen.

    For example: `unvanish demo --hold 2000 --out runs/toy`

    Args:
        steps: Optimizer steps of each run; the paper's are 40000.
        seeds: Repetitions, each with its own initialisation and noise.
        hold: Further steps with beta = 1 for all.
    """
    if common.device in ("auto", "cpu") and available_cores() > 1:
        prepare(["unvanish.experiments.illustrative.folder"])

    from ..experiments.illustrative import Settings, run
    from ..experiments.illustrative.folder import make_ready, write
    from ..training import resolve_device

    seed = 1 if common.seed is None else common.seed
    settings = Settings(steps=steps, seeds=seeds, hold=hold, seed=seed)
    device = "cpu" if common.device == "auto" else str(resolve_device(common.device))
    folder = common.out or Path("runs/demo")
    make_ready(folder)
    report = None
    with _bar(settings.updates, quiet=common.quiet) as progress:
        outcome = run(settings, device=device, progress=progress)
    try:
        report = write(outcome, folder)
    finally:  # what was trained is told even if it cannot be written
        _tell(outcome, report, as_json=common.json)


@contextmanager
def _bar(updates: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show a bar with the time left on standard error; give what moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeftColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TextColumn("left"),
        TimeLeftColumn(elapsed_when_finished=False),
    )
    console = Console(stderr=True)
    # twice a second: the processor is busy with the training
    with Progress(*columns, console=console, disable=quiet, refresh_per_second=2) as progress:
        task = progress.add_task(f"{updates:,} optimizer steps", total=updates)
        yield lambda done: progress.update(task, completed=done)


def _tell(outcome: "Outcome", report: Path | None, *, as_json: bool) -> None:
    """Print the results, and where the report is if it could be written."""
    if as_json:
        where = None if report is None else str(report)
        print_json({"report": where, **outcome.to_json()["summary"]})
    else:
        _show(outcome, report)


def _show(outcome: "Outcome", report: Path | None) -> None:
    """Print the tables, what holds and what does not, and where the report is."""
    from rich.console import Console

    from ..experiments.illustrative.report import CLAIMED, OF_EVERY_RUN, averages, length
    from ..experiments.judging import MEANING, claim_line, how_judged

    settings = outcome.settings
    console = Console(highlight=False)
    console.print(_table(outcome, settings.steps, f"after {settings.steps:,} steps"))
    if settings.hold:
        title = f"after {settings.hold:,} further steps with beta = 1"
        console.print(_table(outcome, settings.total, title))
    facts = f"nats per sequence, {averages(settings)}; {length(settings)}; {outcome.seconds:.0f} s"
    console.print(f"{facts}\n", soft_wrap=True)
    claims = [asdict(claim) for claim in outcome.claims()]
    lines = *map(claim_line, claims), "", MEANING, OF_EVERY_RUN, *how_judged(claims), CLAIMED
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    if report is not None:
        console.print(f"\nreport: {report}", markup=False, soft_wrap=True)


def _table(outcome: "Outcome", step: int, title: str) -> "Table":
    """Lay the figures after a step out as a table."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from ..experiments.illustrative.report import TABLE_HEADINGS, table_rows

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=0, pad_edge=False)
    # without the last column, which the report has, it fits into 80 characters
    for k, heading in enumerate(TABLE_HEADINGS[:-1]):
        table.add_column(heading, justify="right" if k else "left", no_wrap=True)
    for row in table_rows(outcome, step):
        table.add_row(*row[:-1])
    return table
