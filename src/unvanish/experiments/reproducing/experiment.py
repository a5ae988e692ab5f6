"""What every experiment of the paper is asked and gives."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ...comparison import Listener
from ...config.errors import require
from ..corpora import DataFile
from .findings import Findings

__all__ = ["Experiment", "Extent", "Request", "Watcher"]


@dataclass(frozen=True)
class Extent:
    """How much an experiment does unless it is told.

    Args:
        seeds: Repetitions; 0 where chance has no part.
        duration: Roughly how long it takes on two cores.
    """

    seeds: int
    duration: str


@dataclass(frozen=True)
class Request:
    """How an experiment is to be carried out.

    Args:
        out: Its folder, in which it also finds what it has done before.
        data: Folder of the corpora.
        seeds: Repetitions; ``None`` takes the experiment's own number.
        seed: The first of them.
        quick: Whether it is to be over within minutes, with which nothing can be established.
        device: Where to compute.
        workers: Runs at once; when absent one a core, on a GPU one.
        train: Whether to train what is not trained yet; else what has ended is reported.
    """

    out: Path
    data: Path | None = None
    seeds: int | None = None
    seed: int = 1
    quick: bool = False
    device: str = "auto"
    workers: int | None = None
    train: bool = True

    def __post_init__(self) -> None:
        seeds, workers = self.seeds, self.workers
        require(seeds is None or seeds >= 1, "seeds", seeds, "give at least 1")
        require(self.seed >= 0, "seed", self.seed, "give 0 or more")
        require(workers is None or workers >= 1, "workers", workers, "give at least 1")


class Watcher:
    """Sees an experiment get on and shows nothing; override what should be shown."""

    def grid(self, folders: Sequence[str]) -> AbstractContextManager[Listener]:
        """Give who listens to runs, called by their folders, while they are trained."""
        return nullcontext(Listener())

    def bar(self, title: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Give what is called with the number of steps done, of ``total``."""
        return nullcontext(lambda done: None)

    def tell(self, line: str) -> None:
        """Take notice of something that a person would want to know."""


class Experiment(ABC):
    """A part of the paper that can be repeated.

    Attributes:
        name: What it is called on the command line.
        title: What it is about, in a line.
        source: The section, tables and figures of the paper.
        files: The files of the data folder that it needs.
        more_files: Those with which it does more, if a data folder is given.
        whole: How much it does.
        quick: How much when it is to be quick.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    files: ClassVar[tuple[DataFile, ...]] = ()
    more_files: ClassVar[tuple[DataFile, ...]] = ()
    whole: ClassVar[Extent]
    quick: ClassVar[Extent]

    @abstractmethod
    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """Train what is not trained yet, and give what was found.

        Args:
            request: How.
            watcher: Who is shown how it gets on.

        Raises:
            UsageError: If something given cannot be used, or runs failed.
        """

    def seeds_of(self, request: Request) -> tuple[int, ...]:
        """Give the seeds that are asked for."""
        count = request.seeds or (self.quick if request.quick else self.whole).seeds
        return tuple(range(request.seed, request.seed + count))
