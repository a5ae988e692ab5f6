"""Locks between processes; the system lifts those of a process that ends, however it does."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NoReturn, TypeAlias

from filelock import FileLock, Timeout

from .config import UsageError

__all__ = ["Lock", "alone", "locked", "locked_if_free", "told_as_unwritable"]

Lock: TypeAlias = AbstractContextManager[object]
"""A lock that is held already, to the end of the ``with`` block that it is given to."""


def locked(file: Path, in_use: Callable[[], object] = lambda: None) -> Lock:
    """Take a lock; wait for another process that holds it.

    Args:
        file: The lock's file; it is made, and its folder too, and stays.
        in_use: Called before another process is waited for; what it raises ends the waiting.

    Raises:
        OSError: If the file cannot be written.
    """
    lock = locked_if_free(file)
    if lock is None:
        in_use()
        lock = FileLock(file).acquire()
    return lock


def locked_if_free(file: Path) -> Lock | None:
    """Take a lock; give nothing if another process holds it.

    Args:
        file: As :func:`locked` takes it.

    Raises:
        OSError: If the file cannot be written.
    """
    file.parent.mkdir(exist_ok=True)  # not the folders above: where they are gone, all is
    try:
        return FileLock(file).acquire(timeout=0)
    except Timeout:
        return None


def alone(folder: Path, file: str = ".lock", being: str = "carried out") -> Lock:
    """Keep other processes from working on a folder.

    Args:
        folder: The folder.
        file: The lock's name in it.
        being: What is done to it meanwhile.

    Raises:
        UsageError: If another process is at it, or it cannot be written.
    """

    def refuse() -> NoReturn:
        raise UsageError(f"{folder} is being {being} by another process: wait for it, or stop it")

    with told_as_unwritable(folder):
        return locked(folder / file, refuse)


@contextmanager
def told_as_unwritable(folder: Path) -> Iterator[None]:
    """Tell in a line why a lock in a folder cannot be taken.

    Args:
        folder: The folder that is named.

    Raises:
        UsageError: If the system does not let the lock be written.
    """
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
