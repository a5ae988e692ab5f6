"""Errors of the caller's own code, which are no errors of a store that is written meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from typing import TYPE_CHECKING, TypeVar

from ..reading import Source

if TYPE_CHECKING:
    from .progress import Progress

__all__ = ["CallersError", "guarded_progress", "guarded_source"]

_Item = TypeVar("_Item")


class CallersError(Exception):
    """Carries an error past what would take it for one of writing.

    Args:
        error: What the caller's code raised.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


def guarded_progress(progress: Progress) -> Progress:
    """Have the errors of a function carried.

    Args:
        progress: Told how far building is.
    """

    def tell(share: float) -> None:
        with _carried():
            progress(share)

    return tell


def guarded_source(source: Source) -> Source:
    """Have the errors of sentences from Python carried; what holds none has an error of its own.

    Args:
        source: An iterable.
    """
    if isinstance(source, str | PathLike | Mapping | bytes | bytearray) or not isinstance(
        source, Iterable
    ):
        return source
    return _items(source)


def _items(source: Iterable[_Item]) -> Iterator[_Item]:
    with _carried():
        yield from source


@contextmanager
def _carried() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CallersError(error) from error
