"""Sentences that a run writes, for a reader to judge."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ..data import Corpora, Corpus, collate
from ..generation import Decoding, SentenceWriter, interpolate
from ..measures import spread_rows
from ..models import TextVAE
from ..runs import Run
from .source import shown

__all__ = ["MANY", "Written", "write_sentences"]

MANY = 100
"""Vectors from the prior whose greedy sentences are counted."""

_SAMPLES = 8
_PAIRS = 6
_POINTS = 7
_LONGEST = 100


@dataclass(frozen=True)
class Written:
    """What the last parameters of a run write.

    Args:
        samples: For vectors from the prior, the greedy sentence and one drawn at temperature 1.
        different: Different sentences among the greedy ones of :data:`MANY` vectors.
        reconstructions: Sentences of the test split, each with what is written from its mean.
        interpolations: Sentences on straight ways between two means.
    """

    samples: Sequence[tuple[str, str]]
    different: int
    reconstructions: Sequence[tuple[str, str]] = ()
    interpolations: Sequence[Sequence[str]] = ()


def write_sentences(
    run: Run, corpora: Corpora | None, *, device: torch.device | str = "cpu", seed: int = 1
) -> Written:
    """Let the last parameters of a run write.

    Args:
        run: A run that has finished an epoch.
        corpora: Its text; without it, or without a latent variable, nothing is reconstructed.
        device: Where to compute.
        seed: Source of the vectors and the draws.

    Raises:
        UsageError: If the parameters cannot be read, or how words are put together is not known.
    """
    model = run.model("last", device=device)
    limit = min(run.config.data.max_words or _LONGEST, _LONGEST)
    most_probable = Decoding(max_words=limit)
    writer = SentenceWriter(model, run.vocabulary, run.tokens)
    greedy, drawn = (
        writer.sample(MANY, decoding, seed=seed)
        for decoding in (most_probable, Decoding("sampling", max_words=limit))
    )
    samples = tuple(zip(greedy, drawn, strict=True))[:_SAMPLES]
    if corpora is None or run.config.model.is_language_model:
        return Written(samples, len(set(greedy)))
    indices = spread_rows(len(corpora.test), _PAIRS).tolist()
    sources = shown(corpora.test, indices, run.vocabulary, run.tokens)
    means = _means(model, corpora.test, indices)
    again = writer.write(means, most_probable)
    half = len(means) // 2
    ways = [interpolate(means[k], means[k + half], _POINTS) for k in range(min(2, half))]
    return Written(
        samples,
        len(set(greedy)),
        tuple(zip(sources, again, strict=True)),
        tuple(writer.write(way, most_probable) for way in ways),
    )


def _means(
    model: TextVAE, corpus: Corpus, indices: Sequence[int]
) -> Float[Tensor, "chosen latent"]:
    batch = collate(corpus, np.array(indices)).to(next(model.parameters()).device)
    with torch.no_grad():
        return model.encode(batch.tokens, batch.lengths).mean
