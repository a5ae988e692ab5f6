"""What each latent dimension tells by itself."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .gaussians import gaussian_posteriors, require_rows
from .mutual_information import mutual_information
from .spread_rows import spread_rows

__all__ = ["DimensionInformation", "information_per_dimension"]

_DRAWS = 4
"""Draws of z for every sentence."""


@dataclass(frozen=True)
class DimensionInformation:
    """The mutual information of each dimension of z and sentences, in nats.

    Args:
        low: Lower end of the interval for each dimension, shape ``(d,)``.
        high: Upper end.
        n: Sentences it was measured on.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n: int


def information_per_dimension(
    mean: Any, logvar: Any, *, sentences: int = 1_000, seed: int = 0
) -> DimensionInformation:
    r"""Bound I_q(x, z_j) for every dimension j, as :func:`mutual_information` does for all.

    Dimensions may repeat one another, and may tell together what none tells alone: the sum over j
    is not I_q(x, z).

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.
        sentences: Rows to take at most, evenly spread; in one dimension a thousand are plenty.
        seed: Source of the noise.

    Raises:
        ValueError: If there is a single row, or as :func:`index_information`.

    Example:
        >>> found = information_per_dimension([[-9.0, 1.0], [9.0, 1.0]] * 500, np.zeros((1000, 2)))
        >>> (found.high > 0.01).tolist()
        [True, False]
    """
    mean, logvar = gaussian_posteriors(mean, logvar)
    require_rows(mean)
    rows = spread_rows(len(mean), sentences)
    found = [
        mutual_information(
            mean[rows, j : j + 1], logvar[rows, j : j + 1], samples=_DRAWS, seed=seed
        ).interval
        for j in range(mean.shape[1])
    ]
    low, high = np.array(found).T
    return DimensionInformation(low, high, len(rows))
