"""What a few seeds can establish at all."""

import math

from ..measures import student_t_p_value
from .summary import LEVEL

__all__ = ["USUAL_SEEDS", "needed_deviations"]

USUAL_SEEDS = 5
"""Seeds of a comparison that says nothing of them."""

_HALVINGS = 60
"""Times that the range is halved in which the quantile is looked for."""


def needed_deviations(seeds: int, differences: int) -> float:
    r"""Give how far the mean of a difference has to be from 0 for the first to be established.

    Holm's method calls nothing established unless the least of m p-values is at most 0.05 / m. By
    Student's t that takes a mean of :math:`t_{S-1} / \sqrt S` standard deviations over S seeds,
    and more where sentences differ too.

    Args:
        seeds: Seeds that both schedules have.
        differences: Differences that are judged together.

    Returns:
        Standard deviations over seeds.

    Raises:
        ValueError: If there are not two seeds.

    Example:
        >>> [round(needed_deviations(seeds, 9), 1) for seeds in (3, 4, 5)]
        [7.7, 3.6, 2.4]
    """
    level, low, high = LEVEL / differences, 0.0, 1.0
    while student_t_p_value(high, seeds - 1) > level:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_far = student_t_p_value(middle, seeds - 1) <= level
        low, high = (low, middle) if is_far else (middle, high)
    return high / math.sqrt(seeds)
