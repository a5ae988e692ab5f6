"""Numbers too tiny for the processor's own format, taken for zero."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["denormals_as_zero"]

_SOFT = 1
"""That OpenMP's library ends its threads and keeps its state (omp_pause_resource_t)."""


@contextmanager
def denormals_as_zero() -> Iterator[None]:
    """Take numbers below the least normal one (1.2e-38 in 32 bits) for zero, where it is possible.

    Most processors need many times as long for them. Training makes them: gradients through
    saturated gates are so tiny, and Adam's mean of the gradients of an embedding loses a tenth of
    itself at each step at which its word does not occur, until it is among these numbers, where
    rounding holds it for ever.

    It is a setting of this thread, for numbers of Python and numpy too, and of those that torch
    begins for it. Where OpenMP's library is not GNU's, torch's threads that are there already keep
    theirs: then enter it before anything large is computed.

    Example:
        >>> tiny = torch.tensor(1e-30)
        >>> with denormals_as_zero():
        ...     bool(tiny * 1e-10 == 0)
        True
        >>> bool(tiny * 1e-10 == 0)
        False
    """
    before = sys.float_info.min / 2 == 0.0
    _take_for_zero(True)
    try:
        yield
    finally:
        _take_for_zero(before)


def _take_for_zero(flush: bool) -> None:
    torch.set_flush_denormal(flush)
    if sys.platform == "linux":
        # The next computation begins torch's threads anew, with the setting of this one.
        pause = getattr(ctypes.CDLL(None), "omp_pause_resource_all", None)
        if pause is not None:
            pause(_SOFT)
