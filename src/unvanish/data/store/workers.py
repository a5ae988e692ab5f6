"""Several processes that encode blocks.

They are started as commands of their own, not by multiprocessing: that would run the main module
of the user again in each, with whatever it imports.
"""

import json
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from os import PathLike
from queue import SimpleQueue
from typing import IO, cast

from ...config import UsageError
from ...processes import manner_of_death
from .blocks import UnreadableTextError
from .chunks import Chunk, Task
from .worker import BEGIN, Answer, Order, answer

__all__ = ["encode_blocks"]

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from unvanish.data.store.worker import work; work()"
)
_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")

_ENDING = 10.0
"""Seconds that a process may take to end once it has closed its pipes."""


def encode_blocks(tasks: Iterable[Task], order: Order, processes: int) -> Generator[Chunk]:
    """Encode blocks, several at once, and give the chunks in order.

    Args:
        tasks: The blocks.
        order: How, and where to.
        processes: How many work; with 1, this one does.

    Raises:
        UnreadableTextError: If something in the text cannot be read.
        UsageError: If the tokens cannot cut it, or a process was killed.
        OSError: If a chunk cannot be written.
        RuntimeError: If a process failed.
    """
    if processes == 1 or not sys.executable:
        yield from (_chunk(answer(task, order)) for task in tasks)
        return
    workers: list[_Worker] = []
    free: SimpleQueue[_Worker] = SimpleQueue()

    def encode(task: Task) -> Answer:
        worker = free.get()
        try:
            return worker.ask(task)
        finally:
            free.put(worker)

    pool = ThreadPoolExecutor(processes)
    waiting: deque[Future[Answer]] = deque()
    try:
        for _ in range(processes):
            workers.append(_Worker(order))
            free.put(workers[-1])
        for task in tasks:
            waiting.append(pool.submit(encode, task))
            if len(waiting) > 2 * processes:
                yield _chunk(waiting.popleft().result())
        while waiting:
            yield _chunk(waiting.popleft().result())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.process.kill()
        pool.shutdown()
        for worker in workers:
            worker.end()


class _Worker:
    """A process and the pipes to it.

    It is in a process group of its own: Ctrl-C is for this process, which then ends it.
    """

    def __init__(self, order: Order) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(_module_path())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **dict.fromkeys(_THREADS, "1")},
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            process_group=None if os.name == "nt" else 0,
        )
        self._tasks = cast(IO[bytes], self.process.stdin)
        self._answers = cast(IO[bytes], self.process.stdout)
        self._order: Order | None = order

    def ask(self, task: Task) -> Answer:
        """Have a block encoded."""
        try:
            if self._order is not None:
                self._begin(self._order)
            self._send(task)
            return self._answer()
        except (EOFError, BrokenPipeError):
            how = manner_of_death(self._status())
            return "refused", (
                f"a process that encodes the text {how}; free some memory, or processes=1"
            )

    def end(self) -> None:
        """Wait for the process, which was killed, and close the pipes."""
        self.process.wait()
        self._answers.close()
        with suppress(BrokenPipeError):  # of what was still to be sent
            self._tasks.close()

    def _begin(self, order: Order) -> None:
        """Skip what was printed while Python started, and send the order."""
        read = b""
        while not read.endswith(BEGIN):
            byte = self._answers.read(1)
            if not byte:
                raise EOFError
            read = read[-len(BEGIN) :] + byte
        self._send(order)
        self._order = None

    def _answer(self) -> Answer:
        try:
            given: Answer = pickle.load(self._answers)
        except Exception as error:  # what is no pickle, or half of one, may raise any
            self.process.kill()
            raise EOFError from error
        return given

    def _status(self) -> int:
        """Wait for a process that answers no more, but not for ever."""
        try:
            return self.process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def _send(self, item: Order | Task) -> None:
        pickle.dump(item, self._tasks)
        self._tasks.flush()


def _module_path() -> list[str]:
    """Give where modules are looked for; Python passes over what is no path there."""
    return [os.fsdecode(entry) for entry in sys.path if isinstance(entry, str | PathLike)]


def _chunk(given: Answer) -> Chunk:
    """Take the chunk out of an answer, or raise what prevents it."""
    kind, content = given
    if kind == "done":
        chunk: Chunk = content
        return chunk
    if kind == "unreadable":
        raise UnreadableTextError(content)
    if kind == "refused":
        raise UsageError(content)
    if kind == "unwritable":
        raise OSError(*content)
    raise RuntimeError(f"encoding the text failed:\n{content}")
