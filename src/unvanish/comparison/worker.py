"""A process that trains the runs it is given, and does with each what comes afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from ..config import UsageError
from ..data import Corpora, read_corpora
from ..inference import InferenceStep, SideBySide
from ..runs import Run, load
from ..training import Interruption, SharedInterruption, resolve_device, train
from ..training.worker import Message, PipeReporter, attempt, serve
from .groups import Group
from .plan import Entry

__all__ = ["Afterwards", "Grid", "work"]


class Afterwards(Protocol):
    """What is done with a run once it is trained, in the process that trained it; pickled."""

    @property
    def steps(self) -> int:
        """How many steps it has, as its progress counts them."""

    def __call__(self, run: Run, progress: Callable[[int], None]) -> None:
        """Do it, if it is not done yet.

        Args:
            run: The run, opened on the device, with its text.
            progress: Called with the steps done.
        """


@dataclass(frozen=True)
class Grid:
    """Where and how runs are trained.

    Args:
        folder: The folder that holds the folders of all runs.
        files: Paths of the corpus by split; none means the synthetic corpus.
        device: Where to compute.
        threads: Threads of each; numbers depend on it in their last digits.
        afterwards: What is done with every run once it is trained.
    """

    folder: Path
    files: Mapping[str, str]
    device: str = "auto"
    threads: int = 1
    afterwards: Afterwards | None = None

    def reporter(self, parent: "Connection[Message, Group]", run: int) -> PipeReporter:
        """Give what tells the parent of a run of the share."""
        return PipeReporter(parent, run, afterwards=self.afterwards.steps if self.afterwards else 0)


def work(parent: "Connection[Message, Group]", grid: Grid) -> None:
    """Carry out what the parent sends until its end of the pipe is closed; the body of a process.

    Args:
        parent: The pipe to it.
        grid: Where and how.
    """
    serve(parent, lambda group: _train_group(group, grid, parent), threads=grid.threads)


def _train_group(group: Group, grid: Grid, parent: "Connection[Message, Group]") -> None:
    """Train some runs, and tell how each ended."""
    if group.side_by_side:
        _train_side_by_side(group, grid, parent)
        return
    for k, entry in enumerate(group.entries):
        read = partial(read_corpora, entry.config.data, grid.files)
        train_one = partial(_train_one, entry, grid, grid.reporter(parent, k), read)
        parent.send((k, "ended", attempt(train_one)))


def _train_side_by_side(group: Group, grid: Grid, parent: "Connection[Message, Group]") -> None:
    read = cache(partial(read_corpora, group.entries[0].config.data, grid.files))
    together = SideBySide(len(group.entries))

    def carry_out(k: int, noted: Interruption) -> None:
        train_one = partial(
            _train_one,
            group.entries[k],
            grid,
            grid.reporter(parent, k),
            read,
            inference=together.inferences[k],
            interruption=SharedInterruption(noted),
        )
        parent.send((k, "ended", attempt(train_one)))

    with Interruption() as noted:
        together.carry_out([partial(carry_out, k, noted) for k in range(len(group.entries))])


def _train_one(
    entry: Entry,
    grid: Grid,
    reporter: PipeReporter,
    read: Callable[[], Corpora],
    *,
    inference: InferenceStep | None = None,
    interruption: Interruption | None = None,
) -> None:
    """Train a run, or what is left of it, and do what comes afterwards."""
    corpora, folder = read(), grid.folder / entry.folder
    if grid.afterwards is None or not (folder / "results.json").is_file():
        train(
            entry.config,
            corpora,
            folder,
            device=grid.device,
            reporter=reporter,
            resume=True,
            files=grid.files,
            inference=inference,
            interruption=interruption,
        )
    if grid.afterwards is not None:
        run = _trained(folder, corpora, grid.device)
        grid.afterwards(run, _told_after(run, reporter, interruption))


def _trained(folder: Path, corpora: Corpora, device: str) -> Run:
    """Open a finished run with the text that is given, wherever it was when the run was begun.

    Raises:
        UsageError: If it was trained on other text.
    """
    run = load(folder, device=resolve_device(device))
    if run.results()["corpus"]["sha256"] != corpora.sha256:
        raise UsageError(f"{folder} was trained on other text: give that, or another --out")
    run.corpora = corpora
    return run


def _told_after(
    run: Run, reporter: PipeReporter, interruption: Interruption | None
) -> Callable[[int], None]:
    """Give what tells the steps done after training, and stops there if a signal came."""
    trained = run.results()["training"]["steps"]
    reporter.trained(trained)

    def progress(steps: int) -> None:
        if interruption is not None:
            interruption.answer(lambda: trained)
        reporter.moved_afterwards(steps)

    return progress
