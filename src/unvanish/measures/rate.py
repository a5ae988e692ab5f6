"""The rate: how far q(z|x) is from the prior, in closed form."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .gaussians import gaussian_posteriors

__all__ = ["rate"]


def rate(mean: Any, logvar: Any) -> NDArray[np.float64]:
    r"""KL(q(z|n) || N(0, I)) of every sentence and dimension in nats, in closed form.

    .. math:: \tfrac12 (\mu^2 + \sigma^2 - 1 - \log \sigma^2)

    It is an upper bound of what z can tell about the sentence and no measure of it: a posterior
    that is the same for every sentence may be as far from the prior as one likes.

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
    mean, logvar = gaussian_posteriors(mean, logvar)
    kl: NDArray[np.float64] = 0.5 * (mean**2 + np.exp(logvar) - 1 - logvar)
    return kl
