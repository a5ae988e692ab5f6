"""-log p(x) of the test split of a run, estimated from some of its sentences.

The importance-weighted bound takes hundreds of draws a sentence, so it is made for evenly spread
sentences alone, with the elbo of all of them as what it is compared with.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from jaxtyping import Float, Int64
from numpy import ndarray

from ...nn.precision import PrecisionSetting
from ...runs import Run
from ..reproducing import Measurement, Request

__all__ = ["Likelihood", "SubsetEstimate", "nll_from_subset"]

_SAMPLES, _SENTENCES = 500, 300
_QUICK_SAMPLES, _QUICK_SENTENCES = 20, 40


@dataclass(frozen=True)
class SubsetEstimate:
    """-log p(x) in nats per sentence.

    Args:
        nll: The estimate for all sentences.
        gain: What log p(x) is above the elbo, in the mean over the sentences that were measured.
        standard_error_of_gain: Its error, which is also that of the estimate; of one sentence it
            is not a number.
    """

    nll: float
    gain: float
    standard_error_of_gain: float


def nll_from_subset(
    loss: Float[ndarray, " all"],
    log_likelihood: Float[ndarray, " measured"],
    places: Int64[ndarray, " measured"],
) -> SubsetEstimate:
    r"""Estimate the mean of -log p(x) over all sentences from that of some, S, by their loss.

    .. math:: \frac1N \sum_{i=1}^N \mathrm{loss}_i
              - \frac{1}{|S|} \sum_{i \in S} (\log \hat p(x_i) + \mathrm{loss}_i)

    The loss, rec + kl, is a control variate: known of every sentence and nearly -log p(x), which
    it bounds. The gain varies much less from sentence to sentence than either does, so a few
    hundred tell it. Over subsets in which every sentence is as often the estimate is that of all.

    Args:
        loss: The loss of every sentence in nats.
        log_likelihood: Estimates of log p(x) of some.
        places: Which they are.

    References:
        Lavenberg and Welch, A Perspective on the Use of Control Variables to Increase the
        Efficiency of Monte Carlo Simulations, Management Science 27, 1981,
        https://doi.org/10.1287/mnsc.27.3.322. Burda, Grosse and Salakhutdinov, Importance Weighted
        Autoencoders, ICLR 2016, https://arxiv.org/abs/1509.00519.

    Example:
        >>> loss, places = np.array([10.0, 20.0, 60.0]), np.array([0, 1])
        >>> nll_from_subset(loss, np.array([-9.0, -18.0]), places).nll  # 30 less 1 and 2
        28.5
    """
    gain = log_likelihood + loss[places]
    error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.nan
    return SubsetEstimate(float(loss.mean() - gain.mean()), float(gain.mean()), float(error))


@dataclass(frozen=True)
class Likelihood(Measurement[Run, float]):
    """-log p(x) of the test split under the last parameters, in nats per sentence.

    Args:
        samples: Draws of z for a sentence.
        sentences: How many are measured, spread evenly; all of a smaller split.
        precision: Of the computation; ``"auto"`` is what the machine is good at, which stands
            beside the values.
    """

    file = "likelihood.json"

    samples: int
    sentences: int
    precision: PrecisionSetting = "auto"

    @classmethod
    def of(cls, request: Request) -> Self:
        """Choose it for a whole or a quick experiment."""
        counts = (_QUICK_SAMPLES, _QUICK_SENTENCES) if request.quick else (_SAMPLES, _SENTENCES)
        return cls(*counts)

    @property
    def steps(self) -> int:
        """See :class:`Measurement`."""
        return self.sentences

    def settings(self, run: Run) -> dict[str, Any]:
        """See :meth:`Measurement.settings`."""
        return {**asdict(self), "parameters": self.parameters}

    def measure(self, run: Run, progress: Callable[[int], None]) -> dict[str, Any]:
        """See :meth:`Measurement.measure`."""
        measured = run.likelihood(
            samples=self.samples,
            sentences=self.sentences,
            precision=self.precision,
            progress=progress,
        )
        with np.load(run.path / "sentences-test.npz") as stored:
            loss = stored["rec"] + stored["kl"]
        return {
            **asdict(nll_from_subset(loss, measured.log_likelihood, measured.places)),
            "samples": measured.samples,
            "sentences": len(measured.places),
            "precision": measured.precision,
        }

    def read(self, values: Mapping[str, Any]) -> float:
        """Give the estimate for all sentences."""
        return float(values["nll"])
