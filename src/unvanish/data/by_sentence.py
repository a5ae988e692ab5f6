"""Something measured batch by batch, put together in the order of the corpus."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from .batching import Batch, LengthBucketedBatches
from .corpus import Corpus

__all__ = ["by_sentence"]


def by_sentence(
    corpus: Corpus,
    measure: Callable[[Batch], Mapping[str, Tensor]],
    *,
    batch_size: int,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Tensor]:
    """Measure every sentence once, those of about equal length together.

    Args:
        corpus: The sentences.
        measure: Gives what is to be kept of a batch by name, ``(batch, ...)``, wherever it is.
        batch_size: Sentences in a batch.
        progress: Called with the number of sentences done, after each batch.

    Returns:
        By name what was found, ``(sentences, ...)``, in main memory.

    Raises:
        UsageError: If ``batch_size`` is below 1.

    Example:
        >>> from unvanish.data import Vocabulary, load_corpus
        >>> corpus = load_corpus(["a cat sat", "a", "a bird"], Vocabulary(("a",)))
        >>> by_sentence(corpus, lambda batch: {"length": batch.lengths}, batch_size=2)
        {'length': tensor([5, 3, 4])}
    """
    kept: dict[str, Tensor] = {}
    done = 0
    for batch in LengthBucketedBatches(corpus, batch_size=batch_size).in_order():
        for name, values in measure(batch).items():
            if name not in kept:
                kept[name] = torch.empty((len(corpus), *values.shape[1:]), dtype=values.dtype)
            kept[name][batch.indices] = values.cpu()
        done += len(batch)
        if progress is not None:
            progress(done)
    return kept
