"""A learning rate that falls once."""

from __future__ import annotations

from .cyclical import Cyclical
from .schedule import Schedule

__all__ = ["one_fall"]


def one_fall(steps: int | None, beta: Schedule) -> Cyclical:
    """Return the factor of a learning rate that falls from 1 to 0 along a cosine, and stays there.

    Args:
        steps: How long it falls.
        beta: The schedule that it is for, to be named where ``steps`` are missing.

    Raises:
        ValueError: ``steps`` are missing.
    """
    if steps is None:
        raise ValueError(f"{beta!r} has no cycles: give total_steps")
    return Cyclical(steps, 1, 1.0, "cosine", start=1.0, stop=0.0)
