"""A number and how far off it may be."""

from dataclasses import dataclass

__all__ = ["Estimate", "Interval"]


@dataclass(frozen=True)
class Estimate:
    """A Monte Carlo estimate.

    Args:
        value: The estimate.
        error: Its standard error over the draws; ``nan`` where a single draw was given.
    """

    value: float
    error: float


@dataclass(frozen=True)
class Interval:
    """A number between two others, at 95 %.

    Args:
        value: The number.
        low: The lower end.
        high: The upper end.
    """

    value: float
    low: float
    high: float
