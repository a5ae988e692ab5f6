"""Intervals by drawing again from what was measured."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

__all__ = ["bootstrap_interval"]

_BLOCK = 2**22
"""Numbers held at once."""


def bootstrap_interval(
    values: Float[ndarray, " n"], *, level: float = 0.95, resamples: int = 2_000, seed: int = 0
) -> tuple[float, float]:
    r"""Give the percentile bootstrap interval of a mean.

    With the differences of two models on the same sentences it is the paired interval: what is
    hard in a sentence for both cancels.

    Args:
        values: One number a sentence.
        level: Share of resampled means inside the interval.
        resamples: Times that n values are drawn with replacement.
        seed: Source of the draws.

    Raises:
        ValueError: If there are no values, or an argument is outside its range.

    References:
        Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.

    Example:
        >>> low, high = bootstrap_interval(np.array([1.0, 2.0, 3.0, 4.0]))
        >>> 1.0 <= low < 2.5 < high <= 4.0
        True
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) == 0:
        raise ValueError(f"values has shape {values.shape}: give one number a sentence")
    if not 0 < level < 1:
        raise ValueError(f"level={level} is not possible: give a share between 0 and 1")
    if resamples < 1:
        raise ValueError(f"resamples={resamples} is not possible: give at least 1")
    source, n = np.random.default_rng(seed), len(values)
    size = max(1, _BLOCK // n)
    means = np.concatenate(
        [
            values[source.integers(0, n, (min(size, resamples - start), n))].mean(axis=1)
            for start in range(0, resamples, size)
        ]
    )
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
