"""The sentences whose latent vectors are nearest to those of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..data.repeats import sentence_groups
from ..generation import neighbours

if TYPE_CHECKING:
    from .run import Run
    from .text import Text

__all__ = ["Neighbour", "nearest_sentences"]


@dataclass(frozen=True)
class Neighbour:
    """A sentence that is near.

    Args:
        text: The sentence, as the run reads it: words it does not know are ``<unk>``.
        distance: How far the means of q(z|x) are apart.
    """

    text: str
    distance: float


def nearest_sentences(
    run: Run,
    text: Text,
    among: Text | None = None,
    *,
    k: int = 5,
    metric: Literal["euclidean", "cosine"] = "euclidean",
    batch_size: int = 128,
    progress: Callable[[int], None] | None = None,
) -> list[list[Neighbour]]:
    """Give the k nearest different sentences to each sentence, the nearest first.

    Args:
        run: Whose latent space.
        text: The sentences.
        among: Where neighbours are looked for; ``None`` takes the run's training split. A
            sentence that is there twice counts once.
        k: How many for each.
        metric: ``"euclidean"`` or ``"cosine"``.
        batch_size: Sentences in a forward pass.
        progress: Called with the number of sentences of ``among`` that are encoded.

    Raises:
        UsageError: If there are fewer than k different sentences, or the training text is gone.
    """
    queries = run.posteriors(text, batch_size=batch_size).mean
    corpus = run.corpora.train if among is None else run.read(among)
    means = run.posteriors(corpus, batch_size=batch_size, progress=progress).mean
    places = np.unique(sentence_groups(corpus), return_index=True)[1].tolist()
    found = neighbours(queries, means[places], k, metric)
    words = run.vocabulary.decode
    return [
        [
            Neighbour(run.tokens.join(words(corpus[places[index]])), distance)
            for index, distance in zip(indices, distances, strict=True)
        ]
        for indices, distances in zip(found.indices.tolist(), found.distances.tolist(), strict=True)
    ]
