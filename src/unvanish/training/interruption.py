"""Ctrl-C and the system's request to end, answered between two steps."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

from .endings import ProcessLostError, TrainingStopped

__all__ = ["Interruption", "SharedInterruption"]


class Interruption:
    """While it is entered, SIGINT and SIGTERM are noted instead of obeyed.

    Ctrl-C after that is obeyed, unless something is being saved; further requests of the system
    are not, for they often come in pairs. A signal that nothing was done about is passed on in the
    end. Signals that the process ignores stay ignored. Signals can be caught in the main thread
    only; elsewhere it notes nothing.

    Attributes:
        signal_number: The signal that came, if one did.
    """

    def __init__(self) -> None:
        self.signal_number: int | None = None
        self._before: dict[signal.Signals, Any] = {}
        self._answered = self._held = False

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        answered = self._answered or isinstance(error, TrainingStopped | ProcessLostError)
        if self.signal_number is not None and not answered:
            signal.raise_signal(self.signal_number)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let what happens inside come to its end, whatever keys are pressed."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before

    def answer(self, save: Callable[[], int]) -> None:
        """Save and stop if a signal came.

        Args:
            save: Saves the state and gives the optimizer steps done.

        Raises:
            TrainingStopped: If one came; nothing that comes after it is obeyed any more.
        """
        if self.signal_number is not None:
            self._answered = self._held = True
            raise TrainingStopped(save(), self.signal_number)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.signal_number is None:
            self.signal_number = number
        elif number == signal.SIGINT and not self._held:
            self._answered = True
            raise KeyboardInterrupt("broken off, only the last checkpoint is kept")


class SharedInterruption(Interruption):
    """Answers for one of several runs what another thread notes for all of them.

    Args:
        noted: Entered in the main thread for as long as the runs last.
    """

    def __init__(self, noted: Interruption) -> None:
        self._noted = noted

    @property
    def signal_number(self) -> int | None:
        """The signal that came, if one did."""
        return self._noted.signal_number

    @signal_number.setter
    def signal_number(self, number: int | None) -> None:
        self._noted.signal_number = number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let what happens inside come to its end, whatever keys are pressed."""
        with self._noted.held():
            yield

    def answer(self, save: Callable[[], int]) -> None:
        """Save and stop if a signal came; see :meth:`Interruption.answer`."""
        self._noted.answer(save)
