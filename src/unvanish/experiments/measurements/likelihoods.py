"""-log p(x) of the test split of many runs, estimated from some of its sentences.

The importance-weighted bound takes hundreds of draws a sentence, so it is made for evenly spread
sentences alone, with the elbo of all of them as what it is compared with.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int64
from numpy import ndarray

from ...nn.precision import Precision, resolve_precision
from ...runs import Run
from ...training import resolve_device
from ..reproducing import Request, TextRuns, Watcher, measure_runs_once

__all__ = ["SubsetEstimate", "likelihoods", "nll_from_subset"]

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


def likelihoods(found: TextRuns, request: Request, watcher: Watcher) -> dict[str, dict[int, float]]:
    """Estimate -log p(x) in nats per sentence, by cell and seed; what is known is not made again.

    Args:
        found: The runs.
        request: How; if nothing is to be trained, only what is known is given.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If what is known was measured otherwise and nothing is to be trained.
    """
    samples = _QUICK_SAMPLES if request.quick else _SAMPLES
    sentences = _QUICK_SENTENCES if request.quick else _SENTENCES
    precision = resolve_precision("auto", resolve_device(request.device))
    known = measure_runs_once(
        found,
        "likelihood.json",
        {"samples": samples, "sentences": sentences, "parameters": "last", "precision": precision},
        lambda run, progress: _measured(run, samples, sentences, precision, progress),
        request,
        watcher,
        title="likelihood",
        steps=sentences,
    )
    return {
        cell: {seed: float(facts["nll"]) for seed, facts in runs.items()}
        for cell, runs in known.items()
    }


def _measured(
    run: Run, samples: int, sentences: int, precision: Precision, progress: Callable[[int], None]
) -> dict[str, Any]:
    """Estimate it for a run."""
    measured = run.likelihood(
        samples=samples, sentences=sentences, precision=precision, progress=progress
    )
    with np.load(run.path / "sentences-test.npz") as stored:
        loss = stored["rec"] + stored["kl"]
    return {
        **asdict(nll_from_subset(loss, measured.log_likelihood, measured.places)),
        "samples": measured.samples,
        "sentences": len(measured.places),
        "precision": measured.precision,
    }
