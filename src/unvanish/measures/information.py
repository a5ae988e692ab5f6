r"""What z tells about the sentence, and what is left of the KL: equation (8) of Fu et al. (2019).

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
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .aggregated_posterior import AggregatedPosterior
from .draws import DrawnAverage, draw_noise
from .estimate import Estimate
from .gaussians import gaussian_posteriors

__all__ = ["index_information", "information_bound", "marginal_kl", "own_and_mixture"]

_LOG_2_PI = math.log(2 * math.pi)

Values = NDArray[np.float64]


def index_information(
    mean: Any, logvar: Any, *, noise: Any = None, samples: int | None = None, seed: int = 0
) -> Estimate:
    r"""I_q(z, n) of eq. (8): how much a sample of z tells which of the N sentences it came from.

    .. math:: I_q(z, n) = \frac1N \sum_n \mathbb{E}_{q(z|n)}[\log q(z|n) - \log q(z)]

    It lies between 0 (all posteriors are one) and ln N (no two overlap), and says how well these
    N sentences are told apart. It is exact for a data set that has no more sentences than these,
    such as the ten of the paper's illustrative problem; for the information about sentences in
    general, of which ln N is a ceiling that has nothing to do with the model, take
    :func:`mutual_information`.

    Args:
        mean: Means of q(z|n), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.
        noise: Standard normal numbers of shape ``(S, N, d)``, or ``(S, 1, d)`` for the same
            noise for every sentence; drawn from ``seed`` when absent.
        samples: Draws S of z for each sentence when noise is absent; ``None`` (default) takes
            10,000 for all sentences together, at least 2 for each.
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
    (average,) = own_and_mixture(mean, logvar, noise, samples, seed, against_all)
    return average.over_these_sentences()


def marginal_kl(
    mean: Any, logvar: Any, *, noise: Any = None, samples: int | None = None, seed: int = 0
) -> Estimate:
    r"""KL(q(z) || p(z)) of eq. (8): how far the posteriors together are from the prior.

    .. math:: \frac1N \sum_n \mathbb{E}_{q(z|n)}[\log q(z) - \log p(z)], \quad p(z) = N(0, I)

    Samples of the prior decode badly where it is large: the posteriors leave holes. Like
    :func:`index_information` it is that of these N sentences alone; the mixture of a few narrow
    posteriors is far from any prior, however well the model has learnt.

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

    def value(z: Values, own: Values, mixture: Values, others: Values) -> Values:
        log_prior: Values = -0.5 * (z**2 + _LOG_2_PI).sum(-1)
        return mixture - log_prior

    return own_and_mixture(mean, logvar, noise, samples, seed, value)[0].over_these_sentences()


def information_bound(rec: float, n: int) -> float:
    r"""The least that z must tell for sentences to be reconstructed so well: eq. (9) to (11).

    .. math:: I_q(z, n) \ge H + \mathbb{E}_q[\log p(x|z)] = \ln N - \mathrm{rec}

    for N equally frequent, different sentences. It is informative where ln N is of the size of
    rec, as in the illustrative problem; for real text rec is a hundred nats and ln N ten, and
    the bound says nothing (it is below 0).

    Args:
        rec: Reconstruction loss in nats per sentence, with z drawn from q(z|x).
        n: Number of sentences N.

    Raises:
        ValueError: If ``n`` is below 1, or ``rec`` is not finite.

    References:
        Fu et al. 2019, section 3.3; Barber and Agakov, The IM Algorithm, NIPS 2003.

    Example:
        >>> round(information_bound(1.5, 10), 3)
        0.803
    """
    if n < 1:
        raise ValueError(f"n={n} is not possible: give at least 1")
    if not math.isfinite(rec):
        raise ValueError(f"rec={rec} is not possible: give a finite number of nats")
    return math.log(n) - rec


def against_all(z: Values, own: Values, mixture: Values, others: Values) -> Values:
    """Compare the own posterior's density at z with that of all: the part of I_q(z, n) it gives."""
    return own - mixture


def against_others(z: Values, own: Values, mixture: Values, others: Values) -> Values:
    """Compare the own posterior's density at z with that of the others."""
    return own - others


def own_and_mixture(
    mean: Any,
    logvar: Any,
    noise: Any,
    samples: int | None,
    seed: int,
    *values: Callable[[Values, Values, Values, Values], Values],
) -> list[DrawnAverage]:
    """Average functions of (z, log q(z|n), log q(z), log q(z) of the others) over draws.

    Args:
        mean: Means of q(z|n), shape ``(N, d)``.
        logvar: Logarithms of the variances, same shape.
        noise: See :func:`index_information`.
        samples: See :func:`index_information`.
        seed: See :func:`index_information`.
        *values: Functions of arrays ``(draws, N, d)`` and three ``(draws, N)``.
    """
    mean, logvar = gaussian_posteriors(mean, logvar)
    mixture = AggregatedPosterior(mean, logvar)
    averages = [DrawnAverage(independent=noise is None) for _ in values]
    for draws in draw_noise(noise, samples, seed, mean.shape):
        z = mean + np.exp(0.5 * logvar) * draws
        own = -0.5 * (draws**2 + logvar + _LOG_2_PI).sum(-1)
        places = np.tile(np.arange(len(mean)), len(draws))
        rows = z.reshape(-1, z.shape[-1])
        whole, others = mixture.log_probs_at_own(rows, places, own.reshape(-1))
        for average, value in zip(averages, values, strict=True):
            average.add(value(z, own, whole.reshape(own.shape), others.reshape(own.shape)))
    return averages
