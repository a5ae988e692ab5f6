"""Mean and spread of a few repetitions, such as seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["NORMAL_95", "Spread", "student_t_95", "summarize"]

_TABLE = (
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
    2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
)  # fmt: skip
"""97.5 % quantiles of Student's t distribution with 1, 2, ..., 30 degrees of freedom."""

NORMAL_95 = 1.959964
"""The same with infinitely many degrees of freedom: errors that a 95 % interval reaches."""


@dataclass(frozen=True)
class Spread:
    """Repetitions in short.

    Args:
        mean: Their mean.
        standard_deviation: Their sample standard deviation (divided by n - 1); ``None`` for one.
        interval: 95 % interval of the mean by Student's t; ``None`` for one repetition.
        values: The repetitions themselves.
    """

    mean: float
    standard_deviation: float | None
    interval: tuple[float, float] | None
    values: tuple[float, ...]


def summarize(values: Sequence[float]) -> Spread:
    """Give the mean of repetitions with its 95 % interval.

    The interval supposes that the repetitions are independent and roughly normal; with few of
    them it is wide, which is what few of them deserve.

    Args:
        values: One number a repetition.

    Raises:
        ValueError: If there are none.

    Example:
        >>> summarize([1.0, 2.0, 3.0]).standard_deviation
        1.0
        >>> low, high = summarize([1.0, 2.0, 3.0]).interval
        >>> round(low, 2), round(high, 2)
        (-0.48, 4.48)
    """
    n = len(values)
    if n == 0:
        raise ValueError("values is empty: give at least one number")
    mean = math.fsum(values) / n
    if n == 1:
        return Spread(mean, None, None, tuple(values))
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    half = student_t_95(n - 1) * deviation / math.sqrt(n)
    return Spread(mean, deviation, (mean - half, mean + half), tuple(values))


def student_t_95(degrees: int) -> float:
    r"""Give the 97.5 % quantile of Student's t: the half-width of a 95 % interval in errors.

    Up to 30 degrees from a table; above, from the expansion in the normal quantile x,

    .. math:: x + \frac{x^3 + x}{4\nu} + \frac{5x^5 + 16x^3 + 3x}{96\nu^2}

    which is right to 0.0001 there.

    Args:
        degrees: Degrees of freedom: repetitions less one.

    Raises:
        ValueError: If ``degrees`` is below 1.

    References:
        Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.

    Example:
        >>> student_t_95(2), round(student_t_95(100), 3)
        (4.3027, 1.984)
    """
    if degrees < 1:
        raise ValueError(f"degrees={degrees} is not possible: give at least 1")
    if degrees <= len(_TABLE):
        return _TABLE[degrees - 1]
    x = NORMAL_95
    first = (x**3 + x) / (4 * degrees)
    return x + first + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * degrees**2)
