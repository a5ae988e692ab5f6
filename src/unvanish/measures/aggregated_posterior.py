r"""The aggregated posterior q(z): the uniform mixture of the posteriors of N sentences."""

import math

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.typing import NDArray

__all__ = ["AggregatedPosterior", "with_and_without_own"]

_LOG_2_PI = math.log(2 * math.pi)
_BLOCK = 1 << 22
"""Most numbers of a table of densities held at a time; results do not depend on it."""
_TOLERANCE = 1e-9
"""Most that rounding may move the exponent of a density in one dimension, in nats."""


class AggregatedPosterior:
    r"""q(z) = \frac1N \sum_n N(z; \mu_n, \sigma_n^2) as a density.

    The squares of all pairs of z and component come from one matrix product,

    .. math:: (z - \mu)^2 / \sigma^2 = z^2 \sigma^{-2} - 2 z \mu \sigma^{-2} + \mu^2 \sigma^{-2}

    in every dimension where the cancellation in it is harmless in 64 bits, and from the
    differences themselves where posteriors are too narrow for that. Memory does not grow with the
    number of z.

    Args:
        mean: Means, shape ``(N, d)``.
        logvar: Logarithms of the variances, same shape.

    Example:
        >>> both = AggregatedPosterior(np.array([[0.0], [2.0]]), np.zeros((2, 1)))
        >>> both.log_prob(np.array([[1.0]])).round(4).tolist()  # log N(1; 0, 1)
        [-1.4189]
    """

    def __init__(self, mean: Float[ndarray, "N d"], logvar: Float[ndarray, "N d"]) -> None:
        self._center = mean.mean(axis=0)
        self._mean = mean - self._center
        self._logvar = logvar
        self._precision = np.exp(-logvar)

    def log_prob(self, z: Float[ndarray, "rows d"]) -> NDArray[np.float64]:
        """Give log q(z) in nats for every row.

        Args:
            z: Points, shape ``(rows, d)``.
        """
        return self._mixtures(z, None, None)[0]

    def log_probs_at_own(
        self,
        z: Float[ndarray, "rows d"],
        own: Int[ndarray, " rows"],
        own_log_prob: Float[ndarray, " rows"],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give log q(z), and log q(z) as the other components alone have it.

        Args:
            z: Points, each drawn from a component.
            own: The component that each was drawn from.
            own_log_prob: Its log density there.

        Returns:
            Both of shape ``(rows,)``; the second is of the mixture of N - 1.
        """
        return self._mixtures(z, own, own_log_prob)

    def _mixtures(
        self, z: NDArray[np.float64], own: ndarray | None, own_log_prob: ndarray | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        whole, others = np.empty(len(z)), np.empty(len(z))
        n = len(self._mean)
        size = max(1, _BLOCK // n)
        for start in range(0, len(z), size):
            rows = slice(start, start + size)
            table = self._log_densities(z[rows] - self._center)
            if own is None or own_log_prob is None:
                whole[rows] = _log_sums(table) - math.log(n)
                continue
            whole[rows], others[rows] = with_and_without_own(table, own[rows], own_log_prob[rows])
        return whole, others

    def _log_densities(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the log density of every component at every row, ``(rows, N)``."""
        narrow = self._narrow(z)
        wide = ~narrow
        m, p = self._mean[:, wide], self._precision[:, wide]
        factors = np.concatenate([p, -2 * m * p], axis=1)
        table: NDArray[np.float64] = np.concatenate([z[:, wide] ** 2, z[:, wide]], axis=1) @ (
            factors.T
        )
        table += (m**2 * p).sum(axis=1) + (self._logvar + _LOG_2_PI).sum(axis=1)
        for j in np.flatnonzero(narrow):
            table += (z[:, j, None] - self._mean[:, j]) ** 2 * self._precision[:, j]
        table *= -0.5
        return table

    def _narrow(self, z: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell in which dimensions the terms of the square are too large to be subtracted."""
        reach = np.maximum(np.abs(z).max(axis=0), np.abs(self._mean).max(axis=0))
        largest = reach**2 * self._precision.max(axis=0)
        found: NDArray[np.bool_] = largest * np.finfo(np.float64).eps > _TOLERANCE
        return found


def with_and_without_own(
    table: Float[ndarray, "rows N"],
    own: Int[ndarray, " rows"],
    own_log_prob: Float[ndarray, " rows"],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the log density of a mixture of N, and of the N - 1 that a point was not drawn from.

    Args:
        table: Log density of every component at every point; it is used up.
        own: The component that each point was drawn from.
        own_log_prob: Its log density there, which takes the place of the one in the table.
    """
    rows, n = table.shape
    table[np.arange(rows), own] = -np.inf
    others = _log_sums(table)
    whole = np.logaddexp(others, own_log_prob) - math.log(n)
    return whole, others - math.log(max(n - 1, 1))


def _log_sums(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the logarithm of the sum of exponentials of every row; the table is used up."""
    largest = table.max(axis=1)
    finite = np.where(np.isfinite(largest), largest, 0.0)
    table -= finite[:, None]
    np.exp(table, out=table)
    with np.errstate(divide="ignore"):  # a row without a component: log 0
        sums: NDArray[np.float64] = finite + np.log(table.sum(axis=1))
    return sums
