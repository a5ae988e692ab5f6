"""A process that trains the runs it is given, one after the other or some side by side.

It and its parent have one pipe and share nothing else: a process that dies, however suddenly,
blocks nobody, and the end of its pipe tells the other of it.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias

from ..config import UsageError
from ..data import Corpora, read_corpora
from ..inference import InferenceStep, SideBySide
from ..training import (
    Interruption,
    Plan,
    Reporter,
    SharedInterruption,
    TrainingStopped,
    train,
)
from .groups import Group
from .plan import Entry

__all__ = ["Grid", "Message", "work"]

Message: TypeAlias = tuple[int, str, Any]
"""Which run of the group, what happened (``planned``, ``moved``, ``warned`` or ``ended``), and the
particulars."""


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


def work(parent: "Connection[Message, Group]", grid: Grid) -> None:
    """Train what the parent sends until its end of the pipe is closed; the body of a process.

    Args:
        parent: The pipe to it.
        grid: Where and how.
    """
    import torch

    torch.set_num_threads(grid.threads)
    try:
        while True:
            _train_group(parent.recv(), grid, parent)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # nothing is left to do, or nobody to do it for
    except TrainingStopped as stopped:
        sys.exit(128 + stopped.signal_number)


def _train_group(group: Group, grid: Grid, parent: "Connection[Message, Group]") -> None:
    """Train some runs, and tell how each ended."""
    if group.side_by_side:
        _train_side_by_side(group, grid, parent)
        return
    for k, entry in enumerate(group.entries):
        read = partial(read_corpora, entry.config.data, grid.files)
        parent.send((k, "ended", _train_one(entry, grid, _Sender(parent, k), read)))


def _train_side_by_side(group: Group, grid: Grid, parent: "Connection[Message, Group]") -> None:
    read = cache(partial(read_corpora, group.entries[0].config.data, grid.files))
    together = SideBySide(len(group.entries))

    def train_one(k: int, noted: Interruption) -> None:
        problem = _train_one(
            group.entries[k],
            grid,
            _Sender(parent, k),
            read,
            inference=together.inferences[k],
            interruption=SharedInterruption(noted),
        )
        parent.send((k, "ended", problem))

    with Interruption() as noted:
        together.carry_out([partial(train_one, k, noted) for k in range(len(group.entries))])


class _Sender(Reporter):
    """Sends what a run reports to the parent, and has the run saved when that is no more."""

    def __init__(self, parent: "Connection[Message, Group]", run: int) -> None:
        self._parent, self._run, self._alone = parent, run, False

    def _send(self, kind: str, content: Any) -> None:
        if self._alone:
            return
        try:
            self._parent.send((self._run, kind, content))
        except (BrokenPipeError, ConnectionResetError):
            self._alone = True
            os.kill(os.getpid(), signal.SIGTERM)  # save, and leave

    def started(self, plan: Plan) -> None:
        self._send("planned", plan.total_steps)

    def resumed(self, step: int) -> None:
        self._send("moved", step)

    def stepped(self, step: int, figures: Mapping[str, float]) -> None:
        self._send("moved", step)

    def warned(self, message: str) -> None:
        self._send("warned", message)


def _train_one(
    entry: Entry,
    grid: Grid,
    reporter: Reporter,
    read: Callable[[], Corpora],
    *,
    inference: InferenceStep | None = None,
    interruption: Interruption | None = None,
) -> str | None:
    """Train a run, or what is left of it; give what prevents it."""
    try:
        train(
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
    except UsageError as error:
        return str(error)
    except Exception:
        return traceback.format_exc()
    return None
