"""What z tells about sentences, asked of the posteriors themselves."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray

from ..measures import MutualInformation
from ..measures.aggregated_posterior import with_and_without_own
from ..measures.draws import DrawnAverage
from ..nn import Distribution

__all__ = ["posterior_information"]

_BLOCK = 1 << 22
"""Most densities held at a time."""


@torch.no_grad()
def posterior_information(
    posterior: Distribution, prior: Any, *, samples: int = 4, seed: int = 0
) -> MutualInformation:
    r"""Bound I_q(x, z) for posteriors of any density.

    For Gaussians it is :func:`~unvanish.measures.mutual_information`, but for other draws. The
    posterior is asked for draws, their log density under every sentence's posterior, and its KL.

    Args:
        posterior: q(z|x) of N sentences, a batch of N. Its ``log_prob`` must broadcast: z of shape
            ``(rows, 1, d)`` gives ``(rows, N)``.
        prior: What the KL is measured from.
        samples: Draws of z for each sentence.
        seed: Source of the draws.

    Raises:
        ValueError: If there is a single sentence, or ``samples`` is below 1, or ``log_prob`` does
            not broadcast.

    Example:
        >>> from unvanish.nn import DiagonalGaussian
        >>> mean = torch.tensor([[-9.0], [9.0]]).repeat(500, 1)
        >>> posterior = DiagonalGaussian(mean, torch.zeros(1000, 1))
        >>> prior = DiagonalGaussian(torch.zeros(1), torch.zeros(1))
        >>> [round(end, 3) for end in posterior_information(posterior, prior).interval]
        [0.693, 0.694]
    """
    n = len(posterior.mean)
    if n < 2:
        raise ValueError("there is a single posterior: give those of at least two sentences")
    if samples < 1:
        raise ValueError(f"samples={samples} is not possible: give at least 1")
    generator = torch.Generator(posterior.mean.device).manual_seed(seed)
    low, high, rates = (DrawnAverage(independent=True) for _ in range(3))
    for _ in range(samples):
        z = posterior.rsample(generator=generator)
        own = _numbers(posterior.log_prob(z))
        whole, others = np.empty(n), np.empty(n)
        size = max(1, _BLOCK // n)
        for start in range(0, n, size):
            rows = np.arange(start, min(start + size, n))
            table = _numbers(posterior.log_prob(z[rows].unsqueeze(1)))
            if table.shape != (len(rows), n):
                raise ValueError(
                    f"log_prob gives shape {table.shape} for z of shape ({len(rows)}, 1, d): make "
                    f"it broadcast to ({len(rows)}, {n})"
                )
            whole[rows], others[rows] = with_and_without_own(table, rows, own[rows])
        low.add((own - whole)[None])
        high.add((own - others)[None])
    rates.add(_numbers(posterior.kl(prior))[None])
    return MutualInformation(
        low.over_all_sentences(), high.over_all_sentences(), rates.over_all_sentences(), n
    )


def _numbers(values: torch.Tensor) -> Float[ndarray, "*shape"]:
    """Take numbers to main memory in 64 bits."""
    array: ndarray = values.double().cpu().numpy()
    return array
