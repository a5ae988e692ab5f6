"""A process that trains the runs it is given, one after the other or some side by side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from ..data import Corpora, read_corpora
from ..inference import InferenceStep, SideBySide
from ..training import Interruption, SharedInterruption, train
from ..training.worker import Message, PipeReporter, problem_of, serve
from .groups import Group
from .plan import Entry

__all__ = ["Afterwards", "Grid", "work"]


class Afterwards(Protocol):
    """What is done with a run once it is trained, in the process that trained it; pickled."""

    @property
    def steps(self) -> int:
        """How many steps it has, as its progress counts them."""

    def __call__(self, folder: Path, progress: Callable[[int], None]) -> None:
        """Do it, if it is not done yet.

        Args:
            folder: That of the run.
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
    """Train what the parent sends until its end of the pipe is closed; the body of a process.

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
        parent.send((k, "ended", problem_of(train_one)))


def _train_side_by_side(group: Group, grid: Grid, parent: "Connection[Message, Group]") -> None:
    read = cache(partial(read_corpora, group.entries[0].config.data, grid.files))
    together = SideBySide(len(group.entries))

    def live(k: int, noted: Interruption) -> None:
        train_one = partial(
            _train_one,
            group.entries[k],
            grid,
            grid.reporter(parent, k),
            read,
            inference=together.inferences[k],
            interruption=SharedInterruption(noted),
        )
        parent.send((k, "ended", problem_of(train_one)))

    with Interruption() as noted:
        together.carry_out([partial(live, k, noted) for k in range(len(group.entries))])


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
    run = train(
        entry.config,
        read(),
        grid.folder / entry.folder,
        device=grid.device,
        reporter=reporter,
        resume=True,
        files=grid.files,
        inference=inference,
        interruption=interruption,
    )
    if grid.afterwards is not None:
        reporter.trained(run.results()["training"]["steps"])
        grid.afterwards(run.path, reporter.moved_afterwards)
