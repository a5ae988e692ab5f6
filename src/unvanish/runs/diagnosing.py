"""Is the latent variable of a run alive?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ..config import UsageError, bound_schedule
from ..data import BOS, UNK, Corpus
from ..data.repeats import sentence_groups
from ..evaluation import intervene
from ..measures import are_measurable
from ..measures.diagnosis import Circumstances, Diagnosis, Losses, judge, measure
from ..models import encode_corpus
from ..schedules import Schedule
from .latent import require_latent

if TYPE_CHECKING:
    from .opened import OpenedRun

__all__ = ["diagnose_run", "unigram_losses"]

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

    Training that has not reached the top of its beta, or predicts words no better than by their
    frequencies, is called unfinished.

    Args:
        run: The run; the parameters that it was opened with are judged.
        corpus: The sentences.
        sentences: How many of them are decoded from another z, evenly spread.
        seed: Source of all draws.
        batch_size: Sentences in a forward pass.
        progress: Called with the number of sentences decoded, after each batch.

    Raises:
        UsageError: If there are fewer than two sentences, the run is a language model or an
            autoencoder, or its posteriors are no Gaussians or cannot be measured.
    """
    require_latent(run)
    if run.config.model.is_autoencoder:
        raise UsageError(
            f"{run.path} is an autoencoder: it has no KL that could vanish, so there is nothing to "
            "diagnose; its codes can be used all the same (encode, reconstruct, neighbours)"
        )
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
    if not are_measurable(posteriors.mean, posteriors.logvar):
        raise UsageError(
            "the posteriors of this run cannot be compared: their means or variances are infinite "
            "or all but nothing; diagnose other --parameters"
        )
    losses = Losses(
        own=found.rec["posterior"],
        other=found.rec["any"],
        same_length=found.rec["other"],
        prior=found.rec["prior"],
        masked=found.rec_masked["posterior"],
        unigram=unigram_losses(corpus)[found.indices],
    )
    figures = measure(
        posteriors.mean,
        posteriors.logvar,
        losses,
        circumstances=replace(
            _circumstances(run),
            different=_different(corpus),
            whole_losses=True,
        ),
        seed=seed,
    )
    return judge(figures)


def _different(corpus: Corpus) -> int:
    """Count different sentences, each with an unknown word for one: which word is not known."""
    unknown = np.array([UNK in corpus[place] for place in range(len(corpus))])
    return len(np.unique(sentence_groups(corpus)[~unknown])) + int(unknown.sum())


def unigram_losses(corpus: Corpus) -> Float[ndarray, " sentences"]:
    """Give what word frequencies alone need for every sentence, in nats.

    They are counted in the other sentences, each word of the vocabulary once more than it is
    there.

    Args:
        corpus: The sentences; the end symbol counts as a word, the begin symbol does not.

    Example:
        >>> from unvanish.data import Sentence, Vocabulary
        >>> corpus = Corpus.from_sentences([Sentence("a b"), Sentence("b")], Vocabulary(("a", "b")))
        >>> unigram_losses(corpus).round(2).tolist()  # the end stands in both
        [4.85, 3.01]
    """
    size = len(corpus.vocabulary)
    counts = np.bincount(corpus.tokens[corpus.tokens != BOS], minlength=size) + 1
    losses = np.empty(len(corpus))
    for place in range(len(corpus)):
        words, times = np.unique(corpus[place][1:], return_counts=True)
        left = counts[words] - times
        losses[place] = -(times * np.log(left / (counts.sum() - times.sum()))).sum()
    return losses


def _circumstances(run: OpenedRun) -> Circumstances:
    """Find the step of the parameters in use, and beta there and at its greatest."""
    ends = [line for line in run.metrics() if "valid/elbo" in line]
    remedies = ("free-bits",) if run.config.objective.free_bits > 0 else ()
    if run.parameters == "initial" or not ends:
        return Circumstances(0.0, 1.0, 0, remedies)
    epoch_steps = ends[0]["step"] // ends[0]["epoch"]
    total = epoch_steps * run.config.training.epochs
    beta, _ = bound_schedule(
        run.config.objective.beta, total_steps=total, steps_per_epoch=epoch_steps
    )
    if len(beta.cycle_ends(total)) > 1:
        remedies = ("cyclical", *remedies)
    step = _step(run, ends, beta, total)
    # Beyond the run a schedule holds where it was to arrive, even if the run was too short for it.
    values = [float(beta(k)) for k in range(0, total, max(1, total // 1_000))]
    top = max(*values, float(beta(_FAR)))
    return Circumstances(float(beta(step - 1)), top, step, remedies)


def _step(run: OpenedRun, ends: list[dict[str, float]], beta: Schedule, total: int) -> int:
    """Give the optimizer steps done when the parameters in use were kept."""
    if run.parameters == "best":
        return int(max(ends, key=lambda line: line["valid/elbo"])["step"])
    if run.parameters.startswith("cycle-"):
        return _end_of_cycle(run, beta.cycle_ends(total))
    return int(ends[-1]["step"])


def _end_of_cycle(run: OpenedRun, ends: tuple[int, ...]) -> int:
    """Give the optimizer steps done at the end of the cycle whose parameters are in use.

    Raises:
        UsageError: If it is none of these, as of a run that counted its cycles otherwise.
    """
    number = int(run.parameters.removeprefix("cycle-"))
    if number > len(ends):
        raise UsageError(
            f"{run.path} was trained by an earlier version, whose {run.parameters} is none of the "
            f"{len(ends)} cycles of its schedule: give other --parameters, such as last"
        )
    return ends[number - 1]
