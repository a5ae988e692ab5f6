"""Is the latent variable of a run alive?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..config import UsageError, bound_schedule
from ..data import BOS, Corpus
from ..evaluation import intervene
from ..measures.diagnosis import Circumstances, Diagnosis, judge, measure
from ..models import encode_corpus
from ..schedules import Schedule
from .latent import require_latent

if TYPE_CHECKING:
    from .opened import OpenedRun

__all__ = ["diagnose_run", "least_unigram_loss"]

_FAR = 10**12
"""A step by which every ramp has ended."""


def diagnose_run(
    run: OpenedRun,
    corpus: Corpus,
    *,
    sentences: int = 1_000,
    seed: int = 0,
    batch_size: int = 128,
    progress: Callable[[int], None] | None = None,
) -> Diagnosis:
    """Measure the posteriors of a corpus and the decoder's use of z, and judge.

    Args:
        run: The run; the parameters that it was opened with are judged.
        corpus: The sentences.
        sentences: How many of them are decoded from another z, evenly spread.
        seed: Source of all draws.
        batch_size: Sentences in a forward pass.
        progress: Called with the number of sentences decoded, after each batch.

    Raises:
        UsageError: If there are fewer than two sentences, the run is a language model, or its
            posteriors are no Gaussians.
    """
    require_latent(run)
    posteriors = encode_corpus(run.in_use, corpus, batch_size=batch_size)
    if posteriors.logvar is None:
        raise UsageError(
            "q(z|x) of this run is no Gaussian, which is all that can be diagnosed; "
            "unvanish.evaluation.posterior_information measures any"
        )
    found = intervene(
        run.in_use,
        corpus,
        sentences=sentences,
        seed=seed,
        batch_size=batch_size,
        progress=progress,
    )
    figures = measure(
        posteriors.mean,
        posteriors.logvar,
        found.rec["posterior"],
        rec_other=found.rec["other"],
        rec_prior=found.rec["prior"],
        rec_masked=found.rec_masked["posterior"],
        circumstances=_circumstances(run, corpus),
        seed=seed,
    )
    return judge(figures)


def least_unigram_loss(corpus: Corpus) -> float:
    """Give the nats per sentence that the words' own frequencies need, the best of their kind.

    Args:
        corpus: The sentences; the end symbol counts as a word, the begin symbol does not.

    Example:
        >>> from unvanish.data import Sentence, Vocabulary
        >>> corpus = Corpus.from_sentences([Sentence("a b"), Sentence("b")], Vocabulary(("a", "b")))
        >>> round(least_unigram_loss(corpus), 4)  # a once, b twice, the end twice
        2.6373
    """
    counts = np.bincount(corpus.tokens[corpus.tokens != BOS])
    counts = counts[counts > 0]
    loss = -(counts * np.log(counts / counts.sum())).sum() / len(corpus)
    return float(loss)


@dataclass(frozen=True)
class _Standing:
    """Where the training was when parameters were kept."""

    steps: int
    beta: float
    top: float
    remedies: tuple[str, ...]


def _circumstances(run: OpenedRun, corpus: Corpus) -> Circumstances:
    standing = _standing(run)
    return Circumstances(
        beta=standing.beta,
        beta_top=standing.top,
        steps=standing.steps,
        unigram=least_unigram_loss(corpus),
        remedies=standing.remedies,
    )


def _standing(run: OpenedRun) -> _Standing:
    """Find the step of the parameters in use, and beta there and at its greatest."""
    ends = [line for line in run.metrics() if "valid/elbo" in line]
    remedies = ("free-bits",) if run.config.objective.free_bits > 0 else ()
    if run.parameters == "initial" or not ends:
        return _Standing(0, 0.0, 1.0, remedies)
    epoch_steps = ends[0]["step"] // ends[0]["epoch"]
    total = epoch_steps * run.config.training.epochs
    beta, _ = bound_schedule(
        run.config.objective.beta, total_steps=total, steps_per_epoch=epoch_steps
    )
    if beta.cycle is not None and beta.cycle.period < total:
        remedies = ("cyclical", *remedies)
    step = _step(run, ends, beta, total)
    # Beyond the run a schedule holds where it was to arrive, even if the run was too short for it.
    values = [float(beta(k)) for k in range(0, total, max(1, total // 1_000))]
    top = max(*values, float(beta(_FAR)))
    return _Standing(step, float(beta(step - 1)), top, remedies)


def _step(run: OpenedRun, ends: list[dict[str, float]], beta: Schedule, total: int) -> int:
    """Give the optimizer steps done when the parameters in use were kept."""
    if run.parameters == "best":
        return int(max(ends, key=lambda line: line["valid/elbo"])["step"])
    if run.parameters.startswith("cycle-") and beta.cycle is not None:
        return min(total, int(run.parameters.removeprefix("cycle-")) * beta.cycle.period)
    return int(ends[-1]["step"])
