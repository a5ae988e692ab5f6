"""How surprising a mean over a few repetitions is, alone and among others."""

import math
from collections.abc import Sequence

from .intervals import Spread

__all__ = ["holm", "p_value", "student_t_p_value"]


def p_value(spread: Spread, *, mean: float = 0.0) -> float | None:
    """Give how often repetitions whose true mean is a number stray from it as far as these.

    Two-sided, by Student's t, like the interval of :func:`summarize`. Repetitions that are all
    equal show no noise to measure by: then it is how often a coin has all of them on one side,
    which takes six of them to be below 0.05.

    Args:
        spread: The repetitions.
        mean: The number.

    Returns:
        A probability, 1 where a repetition is not finite; ``None`` for one repetition.

    Example:
        >>> from unvanish.measures import summarize
        >>> round(p_value(summarize([1.0, 2.0, 3.0])), 4), p_value(summarize([1.0]))
        (0.0742, None)
        >>> p_value(summarize([1.0, 1.0, 1.0]))
        0.25
    """
    if spread.standard_deviation is None:
        return None
    if not all(map(math.isfinite, spread.values)):
        return 1.0
    away, n = spread.mean - mean, len(spread.values)
    error = spread.standard_deviation / math.sqrt(n)
    if error == 0:
        return 1.0 if away == 0 else 2.0 ** (1 - n)
    return student_t_p_value(away / error, n - 1)


def student_t_p_value(t: float, degrees: int) -> float:
    r"""Give the probability that Student's t is further from 0 than a number, on either side.

    With :math:`\theta = \arctan(t / \sqrt\nu)` it is, for even and for odd :math:`\nu`, 1 less

    .. math:: \sin\theta \left(1 + \tfrac12 \cos^2\theta + \dots +
              \tfrac{1 \cdot 3 \cdots (\nu-3)}{2 \cdot 4 \cdots (\nu-2)}
              \cos^{\nu-2}\theta\right)

    .. math:: \frac2\pi \left(\theta + \sin\theta \left(\cos\theta + \tfrac23 \cos^3\theta + \dots +
              \tfrac{2 \cdot 4 \cdots (\nu-3)}{1 \cdot 3 \cdots (\nu-2)}
              \cos^{\nu-2}\theta\right)\right)

    which is right to about 1e-15, not in proportion to a probability that is itself so small.

    Args:
        t: The number, in errors of the mean.
        degrees: Degrees of freedom: repetitions less one.

    Raises:
        ValueError: If ``degrees`` is below 1, or ``t`` is no number.

    References:
        Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.

    Example:
        >>> round(student_t_p_value(4.3027, 2), 4), round(student_t_p_value(-2.2622, 9), 4)
        (0.05, 0.05)
    """
    if degrees < 1:
        raise ValueError(f"degrees={degrees} is not possible: give at least 1")
    if math.isnan(t):
        raise ValueError("t is not a number")
    angle = math.atan(abs(t) / math.sqrt(degrees))
    cosine, odd = math.cos(angle), degrees % 2
    term, total = (cosine if odd else 1.0), 0.0
    for power in range(odd, degrees - 1, 2):
        total += term
        term *= cosine**2 * (power + 1) / (power + 2)
    inside = math.sin(angle) * total
    if odd:
        inside = 2 / math.pi * (angle + inside)
    return min(1.0, max(0.0, 1.0 - inside))


def holm(p_values: Sequence[float]) -> list[float]:
    r"""Adjust p-values for their number, whatever they have to do with each other.

    The k-th smallest of m becomes :math:`\max_{j \le k} \min(1, (m - j + 1)\, p_{(j)})`. Where
    those that are then at most 0.05 are called something, the probability that any of them is
    nothing is at most 0.05.

    Args:
        p_values: One a question.

    Returns:
        The adjusted ones in the same order.

    References:
        Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
        Statistics 6, 1979, https://www.jstor.org/stable/4615733.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    adjusted, least = [0.0] * len(p_values), 0.0
    for k, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - k) * p_values[place]))
        adjusted[place] = least
    return adjusted
