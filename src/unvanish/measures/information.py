r"""Equation (8) of Fu et al. (2019): what the KL term consists of.

With N sentences, q(z|n) the posterior of the n-th and q(z) their uniform mixture,

.. math::
    \frac1N \sum_n \mathrm{KL}(q(z|n) \,\|\, p(z))
    = \underbrace{\frac1N \sum_n \mathrm{KL}(q(z|n) \,\|\, q(z))}_{I_q(z, n)}
    + \underbrace{\mathrm{KL}(q(z) \,\|\, p(z))}_{\text{marginal KL}}

for the standard normal prior p(z). The two parts are estimated each by its own average; the left
side has a closed form. log q(z) stands in both parts with opposite signs: given the same noise (the
same ``seed``, as by default) it cancels from their sum draw by draw, and given different noise in
the mean. So the sum checks everything but log q(z); that each part lies where it can (0 to ln N; 0
or more) checks that too, and is sharp where all posteriors are nearly one. Give different seeds
where the errors of the two parts should be independent.

References:
    Fu et al., Cyclical Annealing Schedule: A Simple Approach to Mitigating KL Vanishing,
    NAACL 2019, https://arxiv.org/abs/1903.10145, section 3.3.
    Hoffman and Johnson, ELBO surgery, NIPS 2016 workshop on approximate inference.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from .estimate import Estimate

__all__ = ["index_information", "marginal_kl", "rate"]

_LOG_2_PI = math.log(2 * math.pi)
_BLOCK = 1 << 22
"""Most numbers of a table of densities held at a time; results do not depend on it."""


def rate(mean: Any, logvar: Any) -> NDArray[np.float64]:
    r"""KL(q(z|n) || N(0, I)) of every sentence and dimension in nats, in closed form.

    .. math:: \tfrac12 (\mu^2 + \sigma^2 - 1 - \log \sigma^2)

    Args:
        mean: Means of q(z|n), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.

    Returns:
        Shape ``(N, d)``. The left side of eq. (8) is the sum over dimensions, averaged over
        sentences.

    Raises:
        ValueError: If the shapes differ, there are no rows, or a number is not finite.

    Example:
        >>> rate([[1.0, 0.0]], [[0.0, 0.0]]).tolist()
        [[0.5, 0.0]]
    """
    mean, logvar = _posteriors(mean, logvar)
    kl: NDArray[np.float64] = 0.5 * (mean**2 + np.exp(logvar) - 1 - logvar)
    return kl


def index_information(
    mean: Any, logvar: Any, *, noise: Any = None, samples: int = 100, seed: int = 0
) -> Estimate:
    r"""I_q(z, n) of eq. (8): how much a sample of z tells which of the N sentences it came from.

    .. math:: I_q(z, n) = \frac1N \sum_n \mathbb{E}_{q(z|n)}[\log q(z|n) - \log q(z)]

    It lies between 0 (all posteriors are one) and ln N (no two overlap), and says how well these
    N sentences are told apart; it is not the mutual information of z with sentences in general,
    of which ln N is a ceiling that has nothing to do with the model.

    Args:
        mean: Means of q(z|n), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.
        noise: Standard normal numbers of shape ``(S, N, d)``, or ``(S, 1, d)`` for the same
            noise for every sentence; drawn from ``seed`` when absent.
        samples: Draws S of z for each sentence when noise is absent; 100 gives an error of the
            order of 0.01 nats for ten sentences.
        seed: Source of the noise when it is absent.

    Raises:
        ValueError: If an array has another shape, no rows, or a number that is not finite, or if
            ``samples`` is below 1.

    Example:
        >>> abs(index_information([[0.0], [0.0]], [[0.0], [0.0]]).value) < 1e-12
        True
        >>> round(index_information([[0.0], [99.0]], [[0.0], [0.0]]).value, 4)  # ln 2
        0.6931
    """

    def value(z: NDArray[np.float64], own: NDArray[np.float64], all_: NDArray[np.float64]) -> Any:
        return own - all_

    return _average(mean, logvar, noise, samples, seed, value)


def marginal_kl(
    mean: Any, logvar: Any, *, noise: Any = None, samples: int = 100, seed: int = 0
) -> Estimate:
    r"""KL(q(z) || p(z)) of eq. (8): how far the posteriors together are from the prior.

    .. math:: \frac1N \sum_n \mathbb{E}_{q(z|n)}[\log q(z) - \log p(z)], \quad p(z) = N(0, I)

    Samples of the prior decode badly where it is large: the posteriors leave holes.

    Args:
        mean: Means of q(z|n), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.
        noise: See :func:`index_information`.
        samples: See :func:`index_information`.
        seed: See :func:`index_information`.

    Raises:
        ValueError: See :func:`index_information`.

    Example:
        >>> round(marginal_kl([[3.0], [3.0]], [[0.0], [0.0]], samples=10_000).value, 1)  # 3^2 / 2
        4.5
    """

    def value(z: NDArray[np.float64], own: NDArray[np.float64], all_: NDArray[np.float64]) -> Any:
        return all_ + 0.5 * (z**2 + _LOG_2_PI).sum(-1)

    return _average(mean, logvar, noise, samples, seed, value)


def _average(
    mean: Any,
    logvar: Any,
    noise: Any,
    samples: int,
    seed: int,
    value: Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], Any],
) -> Estimate:
    """Average ``value(z, log q(z|n), log q(z))`` over sentences and draws.

    A draw is one z for each sentence; draws are independent, so the error is taken over them,
    whether or not sentences share their noise.
    """
    mean, logvar = _posteriors(mean, logvar)
    averages: list[float] = []
    for draws in _draws(noise, samples, seed, mean.shape):
        z = mean + np.exp(0.5 * logvar) * draws
        own = -0.5 * (draws**2 + logvar + _LOG_2_PI).sum(-1)
        mixture = _log_mixture(z.reshape(-1, z.shape[-1]), mean, logvar).reshape(z.shape[:-1])
        averages.extend(value(z, own, mixture).mean(axis=1))
    spread = float(np.std(averages, ddof=1)) if len(averages) > 1 else math.nan
    return Estimate(float(np.mean(averages)), spread / math.sqrt(len(averages)))


def _draws(
    noise: Any, samples: int, seed: int, shape: tuple[int, ...]
) -> Iterator[NDArray[np.float64]]:
    """Yield the noise of some draws at a time, ``(draws, N, d)`` or ``(draws, 1, d)``."""
    size = max(1, _BLOCK // (shape[0] * max(shape)))
    if noise is None:
        if samples < 1:
            raise ValueError(f"samples={samples} is not possible: give at least 1")
        generator = np.random.default_rng(seed)
        for start in range(0, samples, size):
            yield generator.standard_normal((min(size, samples - start), *shape))
        return
    noise = np.asarray(noise, dtype=np.float64)
    fits = noise.ndim == 3 and noise.shape[1] in (1, shape[0]) and noise.shape[2] == shape[1]
    if not fits or len(noise) == 0:
        raise ValueError(f"noise has shape {noise.shape}: give (S, {shape[0]} or 1, {shape[1]})")
    if not np.isfinite(noise).all():
        raise ValueError("noise holds numbers that are not finite")
    for start in range(0, len(noise), size):
        yield noise[start : start + size]


def _log_mixture(
    z: Float[np.ndarray, "rows d"], mean: Float[np.ndarray, "N d"], logvar: Float[np.ndarray, "N d"]
) -> NDArray[np.float64]:
    """Log density of the mixture of all posteriors at every row of z, some rows at a time."""
    size = max(1, _BLOCK // len(mean))
    blocks = []
    for start in range(0, len(z), size):
        rows = z[start : start + size]
        exponents = np.zeros((len(rows), len(mean)))
        for j in range(mean.shape[1]):  # dimension by dimension: exact, and without a 3-d table
            differences = rows[:, j, None] - mean[:, j]
            exponents += differences**2 * np.exp(-logvar[:, j]) + logvar[:, j] + _LOG_2_PI
        exponents *= -0.5
        largest = exponents.max(axis=1)
        sums = np.exp(exponents - largest[:, None]).sum(axis=1)
        blocks.append(largest + np.log(sums) - math.log(len(mean)))
    return np.concatenate(blocks)


def _posteriors(mean: Any, logvar: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check the arrays of posteriors and give them in 64 bits."""
    arrays = np.asarray(mean, dtype=np.float64), np.asarray(logvar, dtype=np.float64)
    for name, array in zip(("mean", "logvar"), arrays, strict=True):
        if array.ndim != 2 or array.size == 0:
            raise ValueError(f"{name} has shape {array.shape}: give (N, d) with at least one row")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds numbers that are not finite")
    if arrays[0].shape != arrays[1].shape:
        raise ValueError(f"mean and logvar differ in shape: {arrays[0].shape}, {arrays[1].shape}")
    return arrays
