"""The body of a process that trains runs for another one, to which it has a pipe."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, TypeAlias, TypeVar

from ..config import UsageError
from ..config.errors import told_in_a_line
from .endings import TrainingStopped
from .reporter import Plan, Reporter

__all__ = ["Defect", "Message", "PipeReporter", "attempt", "serve"]

Message: TypeAlias = tuple[int, str, Any]
"""Which run of a share, what happened (``planned``, ``moved``, ``warned``, ``ended`` or what
else the listener has a method for), and the particulars."""

AnyShare = TypeVar("AnyShare")


class Defect(str):
    """The traceback of an error that nobody foresaw, in place of what a user can do about it."""


def attempt(action: Callable[[], object]) -> str | None:
    """Do something that may fail, and say why it did.

    Args:
        action: What.

    Returns:
        ``None`` if it did not; else what a user can do about it, or a :class:`Defect`.
    """
    try:
        action()
    except UsageError as error:
        return str(error)
    except OSError as error:
        return told_in_a_line(error)
    except Exception:
        return Defect(traceback.format_exc())
    return None


def serve(
    parent: "Connection[Message, AnyShare]", carry_out: Callable[[AnyShare], None], *, threads: int
) -> None:
    """Work on what the parent sends until its end of the pipe is closed; the body of a process.

    Args:
        parent: The pipe to it.
        carry_out: Works on a share; it tells the parent of every run that is over.
        threads: For torch to use.
    """
    import torch

    torch.set_num_threads(threads)
    try:
        while True:
            carry_out(parent.recv())
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # nothing is left to do, or nobody to do it for
    except TrainingStopped as stopped:
        sys.exit(128 + stopped.signal_number)


class PipeReporter(Reporter):
    """Sends what a run reports to the parent, and has the run saved when that is no more.

    Args:
        parent: The pipe to it.
        run: Which of its share's.
        afterwards: Steps of what is done with the run once it is trained; they count as further
            ones.
    """

    def __init__(
        self, parent: "Connection[Message, Any]", run: int, *, afterwards: int = 0
    ) -> None:
        self._parent, self._run, self._alone = parent, run, False
        self._steps, self._afterwards = 0, afterwards

    def send(self, kind: str, content: Any) -> None:
        """Send a message about the run.

        Args:
            kind: What happened.
            content: The particulars.
        """
        if self._alone:
            return
        try:
            self._parent.send((self._run, kind, content))
        except (BrokenPipeError, ConnectionResetError):
            self._alone = True
            os.kill(os.getpid(), signal.SIGTERM)  # save, and leave

    def started(self, plan: Plan) -> None:
        """Tell how long it is."""
        self._plan(plan.total_steps)

    def _plan(self, steps: int) -> None:
        self._steps = steps
        self.send("planned", steps + self._afterwards)

    def resumed(self, step: int) -> None:
        """Tell where it goes on."""
        self.send("moved", step)

    def stepped(self, step: int, figures: Mapping[str, float]) -> None:
        """Tell the steps done."""
        self.send("moved", step)

    def warned(self, message: str) -> None:
        """Tell a warning."""
        self.send("warned", message)

    def trained(self, steps: int) -> None:
        """Tell that only what comes afterwards is left.

        Args:
            steps: Optimizer steps of the run, which may have been over before, or sooner than
                planned.
        """
        self._plan(steps)
        self.moved_afterwards(0)

    def moved_afterwards(self, steps: int) -> None:
        """Tell how many steps of what comes afterwards are done."""
        self.send("moved", self._steps + steps)
