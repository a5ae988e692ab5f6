"""How many latent dimensions respond to the input."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .gaussians import numbers

__all__ = ["active_units", "posterior_mean_variance"]


def posterior_mean_variance(mean: Any) -> NDArray[np.float64]:
    r"""Variance over sentences of each dimension's posterior mean, Var_x(E_q[z_j]).

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.

    Raises:
        ValueError: If ``mean`` has another shape, no rows, or numbers that are not finite.

    Example:
        >>> posterior_mean_variance([[0.0, 1.0], [2.0, 1.0]]).tolist()
        [1.0, 0.0]
    """
    array = numbers(mean)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"mean has shape {array.shape}: give (N, d) with at least one row")
    if not np.isfinite(array).all():
        raise ValueError("mean holds numbers that are not finite")
    variance: NDArray[np.float64] = array.var(axis=0)
    return variance


def active_units(mean: Any, threshold: float = 0.01) -> int:
    """Count the dimensions whose posterior mean varies over sentences.

    It is no proof of life by itself: a batch-normalised posterior has all dimensions active by
    construction, and a dimension at the threshold carries 0.005 nats where the codes together are
    the prior, less where posteriors are wider and more where they are narrower.

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.
        threshold: Variance above which a dimension counts as active.

    References:
        Burda et al., Importance Weighted Autoencoders, ICLR 2016,
        https://arxiv.org/abs/1509.00519.

    Example:
        >>> active_units([[0.0, 1.0], [2.0, 1.0]])
        1
    """
    return int((posterior_mean_variance(mean) > threshold).sum())
