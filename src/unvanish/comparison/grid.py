"""Many runs, several at once, in processes that one may kill."""

import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from ..config import UsageError
from ..processes import context, manner_of_death, starting
from ..training import require_alone
from .groups import Group
from .plan import Entry
from .worker import Grid, Message, work

__all__ = ["Ended", "Listener", "train_grid"]

_LAST_WORDS = 60.0
"""Seconds that a worker may take to save what it does."""


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Args:
        entry: The run.
        problem: Why it could not be trained to its end; ``None`` if it was.
    """

    entry: Entry
    problem: str | None = None


class Listener:
    """Hears how the runs get on and does nothing; override what should be shown."""

    def planned(self, entry: Entry, total_steps: int) -> None:
        """A run begins or goes on."""

    def moved(self, entry: Entry, step: int) -> None:
        """A run has done so many optimizer steps."""

    def warned(self, entry: Entry, message: str) -> None:
        """Something about a run deserves attention."""

    def ended(self, ended: Ended) -> None:
        """A run is over."""


def train_grid(groups: Sequence[Group], grid: Grid, listener: Listener) -> list[Ended]:
    """Train every run that has not ended yet, in the order given, several groups at once.

    A run that fails does not stop the others. Ctrl-C and the sudden death of a worker, or of this
    process itself, make every other run save its state; the same call then goes on.

    Args:
        groups: The runs.
        grid: Where and how.
        listener: Who is told.

    Returns:
        How each ended, the first to end first.

    Raises:
        KeyboardInterrupt: If SIGINT came; the states of all runs are saved.
        UsageError: If a worker was killed; the states of the other runs are saved.
    """
    require_alone("a comparison")
    workers: list[_Worker] = []
    try:
        with starting():
            at_once = min(grid.workers, len(groups))
            workers.extend(_Worker(grid) for _ in range(at_once))
        return _gather(workers, groups, listener)
    finally:
        _end(workers)


class _Worker:
    """A process and the pipe to it.

    Attributes:
        pipe: The parent's end.
        entries: The runs it was given last.
        left: How many of them are not over yet.
    """

    entries: tuple[Entry, ...]
    left: int

    def __init__(self, grid: Grid) -> None:
        source: Any = context()  # typed without Process
        self.pipe: Connection[Group, Message]
        self.pipe, its_end = source.Pipe()
        self.process: BaseProcess = source.Process(target=work, args=(its_end, grid))
        self.process.start()
        its_end.close()  # it is the only one to hold it now: the pipe ends with it

    def give(self, group: Group) -> None:
        """Have it train some runs; one that is dead is noticed by :meth:`hear`."""
        self.entries, self.left = group.entries, len(group.entries)
        with suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(group)

    def hear(self) -> tuple[Entry, str, Any]:
        """Receive a message and the run that it is about.

        Raises:
            UsageError: If the process is no more.
        """
        try:
            run, kind, content = self.pipe.recv()
        except (EOFError, OSError) as error:
            self.process.join(_LAST_WORDS)
            runs = ", ".join(entry.folder for entry in self.entries)
            raise UsageError(
                f"{runs}: its process {manner_of_death(self.process.exitcode)}; go on with "
                "--resume, and fewer --workers if memory is short"
            ) from error
        self.left -= kind == "ended"
        return self.entries[run], kind, content


@contextmanager
def _ignored(*numbers: signal.Signals) -> Iterator[None]:
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(workers: Sequence[_Worker]) -> None:
    """Have every worker save what it does and leave; wait for it, whatever comes."""
    with _ignored(signal.SIGINT, signal.SIGTERM):
        for worker in workers:
            worker.process.terminate()
        for worker in workers:
            worker.process.join(_LAST_WORDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.pipe.close()


def _gather(workers: Sequence[_Worker], groups: Sequence[Group], listener: Listener) -> list[Ended]:
    """Give runs to the workers and pass on what they say, until every run is over."""
    waiting, ended = deque(groups), list[Ended]()
    for worker in workers:
        worker.give(waiting.popleft())
    at_work: dict[Any, _Worker] = {worker.pipe: worker for worker in workers}
    while at_work:
        for pipe in wait(list(at_work)):
            entry, kind, content = at_work[pipe].hear()
            if kind != "ended":
                getattr(listener, kind)(entry, content)
                continue
            ended.append(Ended(entry, content))
            listener.ended(ended[-1])
            if at_work[pipe].left:
                continue
            if waiting:
                at_work[pipe].give(waiting.popleft())
            else:
                del at_work[pipe]
    return ended
