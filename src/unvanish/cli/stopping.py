"""What a stopped command answers: Ctrl-C, and the system's request to end."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ..config.errors import UnfinishedError

__all__ = ["last_words", "leave_unanswered", "termination_as_interrupt", "told_how_to_go_on"]


class Terminated(KeyboardInterrupt):
    """The system asks to end."""

    signal_number = signal.SIGTERM


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """Answer the system's request to end like Ctrl-C, so that it is told and nothing is left."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Terminated

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave_unanswered() -> None:
    """Let no further signal disturb the last words of a command that is stopped."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)


def last_words(stop: KeyboardInterrupt) -> list[str]:
    """Give what a stop has to tell; Python 3.11 adds words where one comes amid a decoding.

    Args:
        stop: What ended the command.
    """
    return [] if isinstance(stop.__cause__, KeyboardInterrupt) else list(map(str, stop.args))


@contextmanager
def told_how_to_go_on(command: str, begun: Path) -> Iterator[None]:
    """Add to what is told of a command that did not come to its end how to go on.

    Args:
        command: The command that goes on.
        begun: The file that is there once there is something to go on with.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        leave_unanswered()
        if begun.is_file():
            stop.args = ("; ".join([*last_words(stop), f"go on with: {command}"]),)
            stop.__cause__ = None  # they are its own now
        raise
    except UnfinishedError as error:
        raise UnfinishedError(f"{error}; go on with: {command}") from error
