"""A number and how far off it may be."""

from dataclasses import dataclass

__all__ = ["Estimate"]


@dataclass(frozen=True)
class Estimate:
    """A Monte Carlo estimate.

    Args:
        value: The estimate.
        error: Its standard error over the draws; ``nan`` where a single draw was given.
    """

    value: float
    error: float
