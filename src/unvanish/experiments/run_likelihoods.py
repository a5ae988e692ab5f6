r"""-log p(x) of the test split of many runs, estimated from some of its sentences.

The importance-weighted bound takes hundreds of draws a sentence, so it is made for evenly spread
sentences S, and what it gains there over the elbo is taken off that of all N:

.. math:: -\frac1N \sum_{i=1}^N \mathrm{elbo}_i
          - \frac{1}{|S|} \sum_{i \in S} (\log \hat p(x_i) - \mathrm{elbo}_i)

The gain varies much less from sentence to sentence than the elbo, so a few hundred tell it.
Burda, Grosse and Salakhutdinov, Importance Weighted Autoencoders, ICLR 2016,
https://arxiv.org/abs/1509.00519.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..runs import Run
from .reproducing import Request, TextRuns, Watcher, measure_runs_once

__all__ = ["likelihoods"]

_SAMPLES, _SENTENCES = 500, 300
_QUICK_SAMPLES, _QUICK_SENTENCES = 20, 40


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
    known = measure_runs_once(
        found,
        "likelihood.json",
        {"samples": samples, "sentences": sentences, "parameters": "last", "precision": "auto"},
        lambda run, progress: _measured(run, samples, sentences, progress),
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
    run: Run, samples: int, sentences: int, progress: Callable[[int], None]
) -> dict[str, Any]:
    """Estimate it for a run."""
    measured = run.likelihood(
        samples=samples, sentences=sentences, precision="auto", progress=progress
    )
    with np.load(run.path / "sentences-test.npz") as stored:
        loss = stored["rec"] + stored["kl"]
    gain = measured.log_likelihood + loss[measured.places]
    return {
        "nll": float(loss.mean() - gain.mean()),
        "gain": float(gain.mean()),
        "standard_error_of_gain": float(gain.std(ddof=1) / np.sqrt(len(gain))),
        "samples": measured.samples,
        "sentences": len(gain),
        "precision": measured.precision,
    }
