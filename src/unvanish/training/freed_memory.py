"""Memory that one step frees, kept for the next."""

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["SET_BY_THE_USER", "freed_memory_kept"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MMAP_MAX = -1, -3, -4
"""The parameters of glibc's ``mallopt`` (malloc.h)."""

_MIB = 2**20

SET_BY_THE_USER = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")
"""Settings of the environment beside which nothing is changed."""

_change = threading.Lock()
_within = 0
"""How many runs of this process, each in a thread of its own, have it kept at the moment."""


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Have this process keep the memory that it frees while this lasts; it is given back after.

    At every step glibc gives arrays of more than 32 MB back to the system, and the end of its own
    memory too. For the next step the system clears them again, page by page. Where the C library is
    another one, or the environment has settings for it, nothing is changed.
    """
    library = _glibc()
    if library is None:
        yield
        return
    _enter(library)
    try:
        yield
    finally:
        _leave(library)


def _enter(library: Any) -> None:
    global _within
    with _change:
        if _within == 0:
            library.mallopt(_MMAP_MAX, 0)
            library.mallopt(_TRIM_THRESHOLD, 2048 * _MIB - 1)
        _within += 1


def _leave(library: Any) -> None:
    """Go back to what glibc itself arrives at where arrays of 32 MiB are freed."""
    global _within
    with _change:
        _within -= 1
        if _within == 0:
            library.mallopt(_MMAP_MAX, 65_536)
            library.mallopt(_MMAP_THRESHOLD, 32 * _MIB)
            library.mallopt(_TRIM_THRESHOLD, 64 * _MIB)
            library.malloc_trim(0)


def _glibc() -> Any:
    """Give the functions of glibc, where it is the C library and nobody has set it up."""
    if sys.platform != "linux" or any(name in os.environ for name in SET_BY_THE_USER):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None
