r"""Holes: places that the prior reaches and the posteriors do not.

A sentence is generated from z of the prior; where no posterior ever was, the decoder has learnt
nothing. Two numbers tell, each without the density of the aggregated posterior q(z), which few
narrow posteriors do not show.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .draws import source_of
from .estimate import Estimate
from .gaussians import gaussian_posteriors, require_rows
from .spread_rows import spread_rows

__all__ = ["least_marginal_kl", "prior_gap"]

_BLOCK = 1 << 22
"""Most distances held at a time."""


def least_marginal_kl(mean: Any, logvar: Any) -> float:
    r"""Bound KL(q(z) || p(z)) from below in nats by the mean and covariance of q(z) alone.

    Of all densities with mean m and covariance S the Gaussian has the greatest entropy, so

    .. math:: \mathrm{KL}(q(z) \,\|\, N(0, I)) \;\ge\;
              \tfrac12 (\mathrm{tr} S + m^\top m - d - \log \det S)

    with S the covariance of the posterior means plus the mean of the posterior variances. What
    N means give too much on average where q(z) is the prior itself, d(d + 3) / 4N, is taken off;
    the same bound from the variances alone, d / N taken off, is used where it is greater, or
    where there are fewer than 10 d sentences.

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.

    Raises:
        ValueError: If there is a single row, or as :func:`index_information`.

    References:
        Cover and Thomas, Elements of Information Theory, 2nd ed., theorem 8.6.5.

    Example:
        >>> round(least_marginal_kl([[3.0], [3.0]], [[0.0], [0.0]]), 6)  # 3^2 / 2, less 1 / 2
        4.0
    """
    mean, logvar = gaussian_posteriors(mean, logvar)
    require_rows(mean)
    n, d = mean.shape
    center = mean.mean(axis=0)
    scatter = np.atleast_2d(np.cov(mean, rowvar=False, bias=True))
    scatter = scatter + np.diag(np.exp(logvar).mean(axis=0))
    variances = np.diag(scatter)
    shared = 0.5 * float((variances + center**2 - 1).sum())
    apart: float = shared - 0.5 * float(np.log(variances).sum()) - d / n
    if n < 10 * d:
        return max(0.0, apart)
    together: float = shared - 0.5 * float(np.linalg.slogdet(scatter)[1]) - d * (d + 3) / (4 * n)
    return max(0.0, apart, together)


def prior_gap(mean: Any, logvar: Any, *, sentences: int = 3_000, seed: int = 0) -> Estimate:
    r"""Estimate KL(p(z) || q(z)) in nats: how far draws of the prior lie from all posteriors.

    From n draws of the prior and m of the posteriors, one for each sentence, by the distances to
    the nearest neighbour: rho_i from a draw of the prior to the nearest other, nu_i to the nearest
    draw of a posterior,

    .. math:: \frac{d}{n} \sum_i \log \frac{\nu_i}{\rho_i} + \log \frac{m}{n - 1}

    Where q(z) is the prior the two distances are alike and it is 0 but for noise. In many
    dimensions it errs towards 0. Unlike the density of the mixture it is hardly misled by narrow
    posteriors.

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.
        sentences: Rows to take at most, evenly spread; as many draws of the prior are taken.
        seed: Source of the draws.

    Raises:
        ValueError: If there is a single row, or as :func:`index_information`.

    References:
        Wang, Kulkarni and Verdu, Divergence Estimation for Multidimensional Densities Via
        k-Nearest-Neighbor Distances, IEEE Transactions on Information Theory 55, 2009, eq. (5).

    Example:
        >>> import numpy as np
        >>> means = np.random.default_rng(1).normal(size=(1000, 2))
        >>> abs(prior_gap(means, np.full((1000, 2), -9.0)).value) < 0.2
        True
        >>> prior_gap(means + 3, np.full((1000, 2), -9.0)).value > 1
        True
    """
    mean, logvar = gaussian_posteriors(mean, logvar)
    require_rows(mean)
    rows = spread_rows(len(mean), sentences)
    source, shape = source_of(seed), (len(rows), mean.shape[1])
    prior = source.standard_normal(shape)
    drawn = mean[rows] + np.exp(0.5 * logvar[rows]) * source.standard_normal(shape)
    to_prior, to_posteriors = _nearest(prior, prior, itself=True), _nearest(prior, drawn)
    n = len(rows)
    values = shape[1] * (np.log(to_posteriors) - np.log(to_prior)) + np.log(n / (n - 1))
    return Estimate(float(values.mean()), float(values.std(ddof=1) / np.sqrt(n)))


def _nearest(
    points: NDArray[np.float64], others: NDArray[np.float64], *, itself: bool = False
) -> NDArray[np.float64]:
    """Give the distance of every point to the nearest of others, itself left out if so."""
    found, size = np.empty(len(points)), max(1, _BLOCK // len(others))
    lengths = (others**2).sum(axis=1)
    for start in range(0, len(points), size):
        block = points[start : start + size]
        squares = lengths - 2 * block @ others.T + (block**2).sum(axis=1)[:, None]
        if itself:
            squares[np.arange(len(block)), start + np.arange(len(block))] = np.inf
        found[start : start + size] = squares.min(axis=1)
    return np.sqrt(np.maximum(found, np.finfo(np.float64).tiny))
