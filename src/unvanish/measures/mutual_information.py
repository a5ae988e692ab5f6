r"""What z tells about sentences in general, between two bounds."""

import math
from dataclasses import dataclass
from typing import Any

from .draws import DrawnAverage
from .estimate import Estimate
from .gaussians import gaussian_posteriors, require_rows
from .information import against_all, against_others, own_and_mixture
from .intervals import NORMAL_95, student_t_95
from .rate import rate

__all__ = ["MutualInformation", "mutual_information"]

_EITHER_BOUND = 2.241403 / NORMAL_95
"""How much farther the lesser of two bounds is moved, so that each of them holds at 98.75 %."""


@dataclass(frozen=True)
class MutualInformation:
    """The mutual information of z and sentences, as far as N of them can tell; all in nats.

    Args:
        low: Estimate whose expectation is a lower bound: the own posterior is one of the mixture.
        high: Estimate whose expectation is an upper bound: it is left out.
        rate: Mean KL from the prior, an upper bound too, with its error.
        n: Sentences N.
    """

    low: Estimate
    high: Estimate
    rate: Estimate
    n: int

    @property
    def ceiling(self) -> float:
        """What ``low`` cannot exceed whatever the truth is: ln N."""
        return math.log(self.n)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval: bounds moved outwards by their errors, after Student.

        The upper end is the lesser of what ``high`` and ``rate`` allow.
        """
        away = student_t_95(self.n - 1)
        upper = min(
            bound.value + _EITHER_BOUND * away * bound.error for bound in (self.high, self.rate)
        )
        high = max(0.0, upper)
        return min(max(0.0, self.low.value - away * self.low.error), high), high


def mutual_information(
    mean: Any, logvar: Any, *, noise: Any = None, samples: int | None = None, seed: int = 0
) -> MutualInformation:
    r"""Bound I_q(x, z), how much z tells about a sentence drawn from where these N came from.

    .. math::
        \mathbb{E}\Big[\log \frac{q(z|n)}{\frac1N \sum_m q(z|m)}\Big]
        \;\le\; I_q(x, z) \;\le\;
        \mathbb{E}\Big[\log \frac{q(z|n)}{\frac1{N-1} \sum_{m \ne n} q(z|m)}\Big]

    The left side cannot exceed ln N: with few sentences even a perfect code looks poor. The right
    side grows without limit where posteriors do not overlap; the mean KL from the prior, which is
    never below I_q(x, z), then is the better bound. A wide interval says that N is too small for
    a model that knows so much. Means over batches of 32 cannot exceed 3.47 nats and are not
    comparable with those over a test set.

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.
        noise: See :func:`index_information`.
        samples: See :func:`index_information`.
        seed: See :func:`index_information`.

    Raises:
        ValueError: If there is a single row, or as :func:`index_information`.

    References:
        Poole et al., On Variational Bounds of Mutual Information, ICML 2019,
        https://arxiv.org/abs/1905.06922, section 2.3 (known conditional).

    Example:
        Two far groups of sentences that z tells apart, and nothing else: ln 2 = 0.69 nats.

        >>> found = mutual_information([[-9.0], [9.0]] * 500, [[0.0]] * 1000)
        >>> [round(end, 3) for end in found.interval]
        [0.693, 0.694]
    """
    mean, logvar = gaussian_posteriors(mean, logvar)
    require_rows(mean)

    low, high = own_and_mixture(mean, logvar, noise, samples, seed, against_all, against_others)
    rates = DrawnAverage(independent=True)
    rates.add(rate(mean, logvar).sum(axis=1)[None])
    return MutualInformation(
        low.over_all_sentences(), high.over_all_sentences(), rates.over_all_sentences(), len(mean)
    )
