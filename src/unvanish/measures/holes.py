r"""Holes: how far the posteriors together, q(z), are from the prior, without their density.

The mixture of a few narrow posteriors is no picture of q(z). Two bounds do without it, one for
each direction: codes that lie where the prior hardly draws, and draws of the prior that fall where
hardly a code is. Both can only be too small, but for chance.
"""

import math
from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .draws import source_of
from .gaussians import gaussian_posteriors, require_rows
from .spread_rows import spread_rows

__all__ = ["least_marginal_kl", "least_prior_gap"]

_ONE_SIDED = 0.025
"""Share of the cases in which a bound may be too large."""

_FEWEST = 50
"""Rows from which errors are as large as they say."""

_HANGING_TOGETHER = 5
"""How far from each other draws in their order may be that still have something in common."""


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


def least_prior_gap(mean: Any, logvar: Any, *, sentences: int = 3_000, seed: int = 0) -> float:
    r"""Bound KL(p(z) || q(z)) from below in nats by what single numbers about z show.

    What is true of z is true of any function of it, and no function makes two densities easier to
    tell apart. So the length of z, every dimension, every principal axis and the direction in which
    the posteriors are off centre are looked at by themselves: the divergence in one dimension, from
    n draws of the prior and m of the posteriors, is estimated by the distances to the nearest
    neighbour, rho_i from a draw of the prior to another, nu_i to a draw of a posterior,

    .. math:: \frac1n \sum_i \log \frac{\nu_i}{\rho_i} + \log \frac{m}{n - 1}

    The greatest of them counts, each less so many of its errors that all hold together at 97.5 %.
    The axes are those of every other draw of the posteriors, and the draws between them are looked
    at: along axes of their own, draws of the prior itself would seem to spread too unevenly.
    In all dimensions at once the same estimate is far off, either way, from about eight on.

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.
        sentences: Rows to take at most, evenly spread; as many draws of the prior are taken. From
            fewer than 50 the errors are too small, and the bound is 0.
        seed: Source of the draws.

    Raises:
        ValueError: If there is a single row, or as :func:`index_information`.

    References:
        Wang, Kulkarni and Verdu, Divergence Estimation for Multidimensional Densities Via
        k-Nearest-Neighbor Distances, IEEE Transactions on Information Theory 55, 2009. The error of
        a mean of numbers that hang together: Newey and West, Econometrica 55, 1987.

    Example:
        >>> means = np.random.default_rng(1).normal(size=(1000, 2))
        >>> least_prior_gap(means, np.full((1000, 2), -9.0))
        0.0
        >>> least_prior_gap(means + 3, np.full((1000, 2), -9.0)) > 1
        True
    """
    mean, logvar = gaussian_posteriors(mean, logvar)
    require_rows(mean)
    rows = spread_rows(len(mean), sentences)
    if len(rows) < _FEWEST:
        return 0.0
    source, shape = source_of(seed), (len(rows), mean.shape[1])
    prior = source.standard_normal(shape)
    drawn = mean[rows] + np.exp(0.5 * logvar[rows]) * source.standard_normal(shape)
    aspects = list(_aspects(prior, drawn))
    margin = NormalDist().inv_cdf(1 - _ONE_SIDED / len(aspects))
    return max(0.0, *(_divergence(*pair, margin) for pair in aspects))


def _aspects(
    prior: NDArray[np.float64], drawn: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Give numbers about draws of the prior, each with the same about those of posteriors."""
    yield np.linalg.norm(prior, axis=1), np.linalg.norm(drawn, axis=1)
    yield from zip(prior.T, drawn.T, strict=True)
    some, others = drawn[::2], drawn[1::2]
    _, axes = np.linalg.eigh(np.atleast_2d(np.cov(some, rowvar=False)))
    axes = np.column_stack([axes, some.mean(axis=0)])
    yield from zip((prior @ axes).T, (others @ axes).T, strict=True)


def _divergence(ours: NDArray[np.float64], theirs: NDArray[np.float64], margin: float) -> float:
    """Estimate the divergence of two samples of numbers, less so many of its errors."""
    ours, theirs = np.sort(ours), np.sort(theirs)
    n, smallest = len(ours), np.finfo(np.float64).tiny
    steps = np.diff(ours)
    own = np.minimum(np.append(steps, np.inf), np.insert(steps, 0, np.inf))
    after = np.searchsorted(theirs, ours)
    fenced = np.concatenate([[-np.inf], theirs, [np.inf]])
    other = np.minimum(ours - fenced[after], fenced[after + 1] - ours)
    logs = np.log(np.maximum(other, smallest)) - np.log(np.maximum(own, smallest))
    value = float(logs.mean()) + math.log(len(theirs) / (n - 1))
    return value - margin * _error_of_mean(logs)


def _error_of_mean(ordered: NDArray[np.float64]) -> float:
    """Give the standard error of a mean of numbers of which near ones hang together.

    Here they do: draws beside each other often have the same nearest neighbour.
    """
    n, apart = len(ordered), ordered - ordered.mean()
    total = alone = float(apart @ apart)
    for lag in range(1, _HANGING_TOGETHER + 1):
        weight = 1 - lag / (_HANGING_TOGETHER + 1)
        total += 2 * weight * float(apart[lag:] @ apart[:-lag])
    return math.sqrt(max(total, alone) / (n - 1) / n)
