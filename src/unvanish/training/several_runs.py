"""Runs shared out over several processes that one may kill.

Each process and its parent have one pipe and share nothing else: a process that dies, however
suddenly, blocks nobody, and the end of its pipe tells the other of it.
"""

import signal
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from ..config.errors import UnfinishedError, UsageError, require
from ..processes import context, ignoring, manner_of_death, starting
from .processes import require_alone
from .worker import Defect, Message

__all__ = ["Ended", "Listener", "Share", "require_all", "share_out"]

_LAST_WORDS = 60.0
"""Seconds that a process may take to save what it does."""


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Args:
        folder: The name of its folder.
        problem: Why it could not be brought to its end; ``None`` if it was.
    """

    folder: str
    problem: str | None = None


def require_all(ended: Sequence[Ended]) -> None:
    """Check that every run was trained to its end.

    Args:
        ended: How each ended.

    Raises:
        UsageError: If one was not: how many, which is the first, and why.
        RuntimeError: If one was not for a reason that nobody foresaw.
    """
    failed = [end for end in ended if end.problem is not None]
    if not failed:
        return
    defects = [end for end in failed if isinstance(end.problem, Defect)]
    first = (defects or failed)[0]
    error = RuntimeError if defects else UsageError
    raise error(f"{len(failed)} of {len(ended)} runs failed: {first.folder}: {first.problem}")


class Listener:
    """Hears how runs get on, each called by its folder, and does nothing; override what to show.

    Where processes send more than this, a subclass has a method of that name.
    """

    def planned(self, folder: str, total_steps: int) -> None:
        """A run begins or goes on."""

    def moved(self, folder: str, step: int) -> None:
        """A run has done so many optimizer steps."""

    def warned(self, folder: str, message: str) -> None:
        """Something about a run deserves attention."""

    def ended(self, ended: Ended) -> None:
        """A run is over."""


class Share(Protocol):
    """What one process is given at a time."""

    @property
    def folders(self) -> Sequence[str]:
        """The names of its runs' folders; each run is told to be over."""


AnyShare = TypeVar("AnyShare", bound=Share)
Settings = TypeVar("Settings")
Work: TypeAlias = Callable[["Connection[Message, AnyShare]", Settings], None]


def share_out(
    shares: Sequence[AnyShare],
    work: "Work[AnyShare, Settings]",
    settings: Settings,
    *,
    at_once: int,
    listener: Listener,
) -> list[Ended]:
    """Have runs trained by several processes, in the order given, until all are over.

    A run that fails does not stop the others. Ctrl-C and the sudden death of a process, or of this
    one itself, make every other run save its state; the same call then goes on.

    Args:
        shares: What a process is given at a time.
        work: The body of a process, from the top level of a module; see
            :func:`unvanish.training.worker.serve`.
        settings: Its second argument.
        at_once: Number of processes; no more are started than there are shares.
        listener: Who is told.

    Returns:
        How each run ended, the first to end first.

    Raises:
        KeyboardInterrupt: If SIGINT came; the states of all runs are saved.
        UnfinishedError: If a process was killed; the states of the other runs are saved.
    """
    require_alone("training several runs")
    require(at_once >= 1, "workers", at_once, "give at least 1")
    workers: list[_Worker[AnyShare]] = []
    try:
        with starting():
            for _ in range(min(at_once, len(shares))):
                workers.append(_Worker(work, settings))
                workers[-1].start()
        return _gather(workers, deque(shares), listener)
    finally:
        _end(workers)


class _Worker(Generic[AnyShare]):
    """A process, not started yet, and the pipe to it.

    Attributes:
        pipe: The parent's end.
        share: What it was given last.
        left: How many runs of that are not over yet.
    """

    share: AnyShare
    left: int

    def __init__(self, work: "Work[AnyShare, Settings]", settings: Settings) -> None:
        source: Any = context()  # typed without Process
        self.pipe: Connection[AnyShare, Message]
        self.pipe, self._its_end = source.Pipe()
        self.process: BaseProcess = source.Process(target=work, args=(self._its_end, settings))

    def start(self) -> None:
        """Start the process; what an interruption leaves of it ends with the pipe."""
        try:
            self.process.start()
        finally:
            self._its_end.close()  # the process is the only one to hold it now

    def give(self, share: AnyShare) -> None:
        """Have it work on a share; one that is dead is noticed by :meth:`hear`."""
        self.share, self.left = share, len(share.folders)
        with suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(share)

    def hear(self) -> Message:
        """Receive a message.

        Raises:
            UnfinishedError: If the process is no more.
        """
        try:
            message = self.pipe.recv()
        except (EOFError, OSError) as error:
            self.process.join(_LAST_WORDS)
            how = manner_of_death(self.process.exitcode)
            raise UnfinishedError(
                f"{', '.join(self.share.folders)}: its process {how}; the others are saved as "
                "far as they can be: give fewer --workers if memory is short"
            ) from error
        self.left -= message[1] == "ended"
        return message


def _gather(
    workers: "Sequence[_Worker[AnyShare]]",
    waiting: deque[AnyShare],
    listener: Listener,
) -> list[Ended]:
    """Give shares to the processes and pass on what they say, until every run is over."""
    ended: list[Ended] = []
    for worker in workers:
        worker.give(waiting.popleft())
    at_work: dict[Any, _Worker[AnyShare]] = {worker.pipe: worker for worker in workers}
    while at_work:
        for pipe in wait(list(at_work)):
            worker = at_work[pipe]
            run, kind, content = worker.hear()
            folder = worker.share.folders[run]
            if kind != "ended":
                getattr(listener, kind)(folder, content)
                continue
            ended.append(Ended(folder, content))
            listener.ended(ended[-1])
            if worker.left:
                continue
            if waiting:
                worker.give(waiting.popleft())
            else:
                del at_work[pipe]
    return ended


def _end(workers: "Sequence[_Worker[AnyShare]]") -> None:
    """Have every process save what it does and leave; wait for it, whatever comes."""
    with ignoring(signal.SIGINT, signal.SIGTERM):
        started = [worker.process for worker in workers if worker.process.pid is not None]
        for process in started:
            process.terminate()
        for worker in workers:
            worker.pipe.close()  # else one that waits until it is read would never save
        for process in started:
            process.join(_LAST_WORDS)
            if process.is_alive():
                process.kill()
                process.join()
