"""Many runs, several at once, each in a process of its own that one may kill."""

import multiprocessing
import os
import queue
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any, TypeAlias

from ..config import UsageError
from ..data import read_corpora
from ..training import Plan, Reporter, TrainingStopped, train
from .plan import Entry

__all__ = ["Ended", "Grid", "Listener", "train_grid"]

Message: TypeAlias = tuple[int, int, str, Any]
"""Worker, entry, kind, content."""

_PATIENCE = 1.0
"""Seconds between two looks at whether the workers are alive."""

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


@dataclass(frozen=True)
class Grid:
    """Where and how runs are trained.

    Args:
        folder: The folder that holds the folders of all runs.
        files: Paths of the corpus by split; none means the synthetic corpus.
        device: Where to compute.
        workers: Processes at once.
        threads: Threads of each; numbers depend on it in their last digits.
    """

    folder: Path
    files: Mapping[str, str]
    device: str = "auto"
    workers: int = 1
    threads: int = 1


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


def train_grid(entries: Sequence[Entry], grid: Grid, listener: Listener) -> list[Ended]:
    """Train every run that has not ended yet, in the order given, several at once.

    A run that fails, or whose process is killed, does not stop the others. SIGINT and SIGTERM make
    every run save its state; the same call then goes on.

    Args:
        entries: The runs.
        grid: Where and how.
        listener: Who is told.

    Raises:
        KeyboardInterrupt: If SIGINT came; the states of all runs are saved.
    """
    context = multiprocessing.get_context("spawn")
    jobs: Queue[int | None] = context.Queue()
    messages: Queue[Message] = context.Queue()
    at_once = min(grid.workers, len(entries))
    for number in [*range(len(entries)), *[None] * at_once]:
        jobs.put(number)
    workers: list[BaseProcess] = []

    def start() -> None:
        arguments = (len(workers), list(entries), grid, jobs, messages)
        worker = context.Process(target=_work, args=arguments)
        workers.append(worker)
        worker.start()

    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _interrupts_ignored():  # by the workers, which inherit it
            for _ in range(at_once):
                start()
        return _gather(workers, start, messages, entries, listener)
    finally:
        _end(workers)
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: Any) -> None:
    stop = KeyboardInterrupt()
    stop.signal_number = number  # type: ignore[attr-defined]
    raise stop


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(workers: Sequence[BaseProcess]) -> None:
    """Have every worker save what it does and leave; wait for it, whatever keys are pressed."""
    with _interrupts_ignored():
        for worker in workers:
            if worker.is_alive():
                worker.terminate()
        for worker in workers:
            worker.join(_LAST_WORDS)
            if worker.is_alive():
                worker.kill()
                worker.join()


def _gather(
    workers: Sequence[BaseProcess],
    start: Callable[[], None],
    messages: "Queue[Message]",
    entries: Sequence[Entry],
    listener: Listener,
) -> list[Ended]:
    """Pass messages on until every run is over; a worker that dies is replaced."""
    ended: dict[int, Ended] = {}
    doing: dict[int, int] = {}

    def end(number: int, problem: str | None) -> None:
        ended[number] = Ended(entries[number], problem)
        listener.ended(ended[number])

    buried: set[int] = set()
    while len(ended) < len(entries):
        try:
            worker, number, kind, content = messages.get(timeout=_PATIENCE)
        except queue.Empty:
            for k, process in enumerate(list(workers)):
                if k not in buried and process.exitcode not in (None, 0):
                    buried.add(k)
                    if k in doing:
                        end(doing.pop(k), _death(process.exitcode))
                    with _interrupts_ignored():
                        start()
            continue
        if kind == "began":
            doing[worker] = number
        elif kind == "planned":
            listener.planned(entries[number], content)
        elif kind == "moved":
            listener.moved(entries[number], content)
        elif kind == "warned":
            listener.warned(entries[number], content)
        else:
            doing.pop(worker, None)
            end(number, content)
    return list(ended.values())


def _death(status: int | None) -> str:
    """Say how a process ended that did not mean to."""
    if status is not None and status < 0:
        return f"its process was killed by signal {-status} (too little memory?)"
    return f"its process ended suddenly, with status {status}"


class _Sender(Reporter):
    """Sends what a run reports to the parent, and ends with it."""

    def __init__(self, worker: int, number: int, messages: "Queue[Message]") -> None:
        self._address, self._messages = (worker, number), messages

    def _send(self, kind: str, content: Any) -> None:
        parent = multiprocessing.parent_process()
        if parent is not None and not parent.is_alive():
            self._messages.cancel_join_thread()  # nobody reads any more
            os.kill(os.getpid(), signal.SIGTERM)  # save, and leave
        self._messages.put((*self._address, kind, content))

    def started(self, plan: Plan) -> None:
        self._send("planned", plan.total_steps)

    def resumed(self, step: int) -> None:
        self._send("moved", step)

    def stepped(self, step: int, figures: Mapping[str, float]) -> None:
        self._send("moved", step)

    def warned(self, message: str) -> None:
        self._send("warned", message)


def _work(
    worker: int,
    entries: Sequence[Entry],
    grid: Grid,
    jobs: "Queue[int | None]",
    messages: "Queue[Message]",
) -> None:
    """Train one run after the other; the body of a worker process."""
    import torch

    torch.set_num_threads(grid.threads)
    while (number := jobs.get()) is not None:
        messages.put((worker, number, "began", None))
        try:
            problem = _train_one(entries[number], grid, _Sender(worker, number, messages))
        except TrainingStopped:
            return
        except Exception:
            problem = traceback.format_exc()
        messages.put((worker, number, "ended", problem))


def _train_one(entry: Entry, grid: Grid, reporter: Reporter) -> str | None:
    """Train a run, or what is left of it; give what prevents it."""
    try:
        corpora = read_corpora(entry.config.data, grid.files)
        train(
            entry.config,
            corpora,
            grid.folder / entry.folder,
            device=grid.device,
            reporter=reporter,
            resume=True,
            files=grid.files,
        )
    except UsageError as error:
        return str(error)
    return None
