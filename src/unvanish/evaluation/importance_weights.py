r"""What the importance weights of a sentence say: a bound on log p(x), and how far to trust it.

The weights are w_k = p(x | z_k) p(z_k) / q(z_k | x) with z_k from q(z|x), always given as their
logarithms, in nats.
"""

import math

import numpy as np
from jaxtyping import Float
from numpy import ndarray

__all__ = ["effective_sample_size", "importance_weighted_bound"]


def importance_weighted_bound(
    log_weights: Float[ndarray, "*batch samples"], samples: int | None = None
) -> Float[ndarray, "*batch"]:
    r"""Bound log p(x) from below by the logarithm of the mean weight.

    .. math:: \mathcal{L}_K = \log \frac1K \sum_{k=1}^K w_k,
              \qquad \mathbb{E}\,\mathcal{L}_1 \le \mathbb{E}\,\mathcal{L}_2 \le \dots
              \le \log p(x)

    With fewer samples than there are weights, it is the mean of the bounds of all disjoint groups
    of that many: it has the expectation of one group's and less noise, and for a divisor of the
    number of weights it is never above the bound of all.

    Args:
        log_weights: Logarithms of the weights, in nats.
        samples: K; ``None`` takes all. Weights after the last whole group are left out.

    Raises:
        ValueError: If there are fewer weights, or ``samples`` is below 1.

    References:
        Burda et al., Importance Weighted Autoencoders, ICLR 2016, equations 8 and 9,
        https://arxiv.org/abs/1509.00519.

    Example:
        >>> weights = np.log([1.0, 3.0, 2.0, 2.0])
        >>> [round(float(np.exp(importance_weighted_bound(weights, k))), 3) for k in (4, 2, 1)]
        [2.0, 2.0, 1.861]
    """
    there = log_weights.shape[-1]
    size = there if samples is None else samples
    if not 1 <= size <= there:
        raise ValueError(f"samples={samples} is not possible: give 1 to {there}")
    groups = log_weights[..., : there // size * size].reshape(*log_weights.shape[:-1], -1, size)
    bound: ndarray = (np.logaddexp.reduce(groups, axis=-1) - math.log(size)).mean(-1)
    return bound


def effective_sample_size(
    log_weights: Float[ndarray, "*batch samples"],
) -> Float[ndarray, "*batch"]:
    r"""Count how many equal weights would be as reliable as these, from 1 to K.

    .. math:: \frac{\left(\sum_k w_k\right)^2}{\sum_k w_k^2}

    Near 1, one draw of z decides the bound, and more samples would raise it much.

    Args:
        log_weights: Logarithms of the weights, in nats.

    References:
        Kong, A Note on Importance Sampling using Standardized Weights, 1992, Technical Report 348,
        University of Chicago.

    Example:
        >>> effective_sample_size(np.log([[1.0, 1.0, 1.0], [1.0, 1e-9, 1e-9]])).round(6).tolist()
        [3.0, 1.0]
    """
    total = np.logaddexp.reduce(log_weights, axis=-1)
    squares = np.logaddexp.reduce(2 * log_weights, axis=-1)
    size: ndarray = np.exp(2 * total - squares)
    return size
