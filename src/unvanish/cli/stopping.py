"""What a stopped command answers: Ctrl-C, and the system's request to end."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ..config.errors import UnfinishedError

__all__ = ["last_words", "leave_unanswered", "termination_as_interrupt", "told_how_to_go_on"]

_IMPORTER, _IMPORTING = "importlib._bootstrap", "_find_and_load"
"""Python's function that takes a module in, as its frames name it."""


class Terminated(KeyboardInterrupt):
    """The system asks to end."""

    signal_number = signal.SIGTERM


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """Answer the system's request to end like Ctrl-C, so that it is told and nothing is left.

    While a module is imported, either is answered when that is over: torch takes numpy in from C
    and drops what is raised there, so that a stop would be lost and numpy stay half imported. A
    second one is answered at once. An import that C code begins on its own may still drop the
    first.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    outside, noted = len(_imports(sys._getframe())), False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal noted
        imports = _imports(frame)
        error = Terminated if number == signal.SIGTERM else KeyboardInterrupt
        if len(imports) == outside or noted or sys.getprofile() is not None:
            if noted:
                sys.setprofile(None)
            raise error
        noted = True
        _raise_after(imports[-1 - outside], error)

    signal.signal(signal.SIGTERM, stop)
    if before[signal.SIGINT] is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _imports(frame: FrameType | None) -> list[FrameType]:
    """Give those of a frame and its callers that import a module, the innermost first."""
    found = []
    while frame is not None:
        if frame.f_code.co_name == _IMPORTING and frame.f_globals.get("__name__") == _IMPORTER:
            found.append(frame)
        frame = frame.f_back
    return found


def _raise_after(frame: FrameType, error: type[KeyboardInterrupt]) -> None:
    """Raise an error in this thread as soon as a frame has ended."""

    def watch(at: FrameType, event: str, _: object) -> None:
        if at is frame and event == "return":
            sys.setprofile(None)
            raise error

    sys.setprofile(watch)


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
