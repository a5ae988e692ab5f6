"""Ctrl-C and the system's request to end, answered between two steps."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

__all__ = ["Interruption", "TrainingStopped"]


class TrainingStopped(KeyboardInterrupt):
    """A run was asked to end, and has saved its state.

    Args:
        step: Optimizer steps done and saved.
        signal_number: The signal that asked.
    """

    def __init__(self, step: int, signal_number: int) -> None:
        super().__init__(f"saved at step {step:,}")
        self.step, self.signal_number = step, signal_number


class Interruption:
    """While it is entered, SIGINT and SIGTERM are noted instead of obeyed; a second one is obeyed.

    Signals can be caught in the main thread only; elsewhere it notes nothing.

    Attributes:
        signal_number: The signal that came, if one did.
    """

    def __init__(self) -> None:
        self.signal_number: int | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
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

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.signal_number is not None:
            raise KeyboardInterrupt
        self.signal_number = number
