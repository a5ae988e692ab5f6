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
from pathlib import Path

import numpy as np

from ..runs import Run, read_json, write_json
from .reproducing import Request, TextRuns, Watcher

__all__ = ["likelihoods"]

_SAMPLES, _SENTENCES = 500, 300
_QUICK_SAMPLES, _QUICK_SENTENCES = 20, 40


def likelihoods(found: TextRuns, request: Request, watcher: Watcher) -> dict[str, dict[int, float]]:
    """Estimate -log p(x) in nats per sentence, by cell and seed; what is known is not made again.

    Args:
        found: The runs.
        request: How; if nothing is to be trained, only what is known is given.
        watcher: Who is shown how it gets on.
    """
    left = [run for run in _all(found) if not _file(run).is_file()]
    if left and request.train:
        sentences = _QUICK_SENTENCES if request.quick else _SENTENCES
        with watcher.bar(f"likelihood of {len(left)} runs", len(left) * sentences) as progress:
            for k, run in enumerate(left):
                _measure(run, request, _after(k * sentences, progress))
    return {
        cell: {
            seed: float(read_json(_file(run), "no likelihood")["nll"])
            for seed, run in runs.items()
            if _file(run).is_file()
        }
        for cell, runs in found.runs.items()
    }


def _file(run: Run) -> Path:
    """Give where it is written: with the run, so that it is never that of another."""
    return run.path / "likelihood.json"


def _all(found: TextRuns) -> list[Run]:
    return [run for runs in found.runs.values() for run in runs.values()]


def _after(before: int, progress: Callable[[int], None]) -> Callable[[int], None]:
    return lambda done: progress(before + done)


def _measure(run: Run, request: Request, progress: Callable[[int], None]) -> None:
    """Estimate it for a run and write it down."""
    measured = run.likelihood(
        samples=_QUICK_SAMPLES if request.quick else _SAMPLES,
        sentences=_QUICK_SENTENCES if request.quick else _SENTENCES,
        precision="auto",
        progress=progress,
    )
    with np.load(run.path / "sentences-test.npz") as stored:
        loss = stored["rec"] + stored["kl"]
    gain = measured.log_likelihood + loss[measured.places]
    facts = {
        "nll": float(loss.mean() - gain.mean()),
        "gain": float(gain.mean()),
        "standard_error_of_gain": float(gain.std(ddof=1) / np.sqrt(len(gain))),
        "samples": measured.samples,
        "sentences": len(gain),
        "precision": measured.precision,
    }
    write_json(_file(run), facts)
