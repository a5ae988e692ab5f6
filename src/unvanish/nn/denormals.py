"""Numbers too tiny for the processor's own format, taken for zero."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["denormals_as_zero"]


@contextmanager
def denormals_as_zero() -> Iterator[None]:
    """Take numbers below the least normal one (1.2e-38 in 32 bits) for zero, where it is possible.

    Most processors need many times as long for them. Training makes them: gradients through
    saturated gates are so tiny, and Adam's mean of the gradients of an embedding loses a tenth of
    itself at each step at which its word does not occur, until it is among these numbers, where
    rounding holds it for ever.

    It is a setting of threads. It holds for this one and for those that torch begins for it from
    now on, so enter it before the first large computation.

    Example:
        >>> tiny = torch.tensor(1e-30)
        >>> with denormals_as_zero():
        ...     print(tiny * 1e-10)
        tensor(0.)
        >>> print(tiny * 1e-10)
        tensor(1.0000e-40)
    """
    before = _are_zero()
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def _are_zero() -> bool:
    return bool(torch.tensor(1e-30) * 1e-10 == 0)
