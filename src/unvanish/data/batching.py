"""Padded batches of sentences that are about equally long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch
from torch import Tensor

from ..config import UsageError
from .vocabulary import PAD

if TYPE_CHECKING:
    from jaxtyping import Bool, Int, Int64, UInt

    from .corpus import Corpus

    Order: TypeAlias = Int[np.ndarray, " places"]

__all__ = ["Batch", "LengthBucketedBatches", "collate"]


@dataclass(frozen=True, eq=False)
class Batch:
    """Sentences padded to the longest among them.

    Args:
        tokens: Ids, each row BOS, words, EOS, padding, ``(batch, time)``.
        lengths: Number of ids of each sentence, BOS and EOS included, ``(batch,)``; always in main
            memory, where packing and counting need it.
        indices: Which sentence of the corpus each row is, ``(batch,)``; always in main memory.

    Example:
        >>> batch = Batch(
        ...     torch.tensor([[2, 4, 3, 0], [2, 4, 5, 3]]),
        ...     torch.tensor([3, 4]),
        ...     torch.tensor([0, 1]),
        ... )
        >>> batch.targets.tolist()
        [[4, 3, 0], [4, 5, 3]]
        >>> batch.n_tokens
        5
    """

    tokens: Int64[Tensor, "batch time"]
    lengths: Int64[Tensor, " batch"]
    indices: Int64[Tensor, " batch"]

    def __len__(self) -> int:
        """Count the sentences."""
        return len(self.tokens)

    @property
    def inputs(self) -> Int64[Tensor, "batch time-1"]:
        """What a decoder is fed: everything but the last position."""
        return self.tokens[:, :-1]

    @property
    def targets(self) -> Int64[Tensor, "batch time-1"]:
        """What a decoder predicts: everything but BOS."""
        return self.tokens[:, 1:]

    @property
    def mask(self) -> Bool[Tensor, "batch time-1"]:
        """True where the target is a word or EOS, false where it is padding."""
        return self.targets != PAD

    @property
    def n_tokens(self) -> int:
        """Number of targets: words and EOS."""
        return int(self.lengths.sum()) - len(self)

    def split(self, parts: int) -> list[Batch]:
        """Cut the batch into smaller ones of about equal size; padding stays.

        Args:
            parts: How many, at least 1; there are never more than sentences.

        Example:
            >>> batch = Batch(torch.zeros(3, 4), torch.tensor([4, 4, 4]), torch.tensor([0, 1, 2]))
            >>> [len(part) for part in batch.split(2)]
            [2, 1]
        """
        rows = torch.arange(len(self)).tensor_split(min(parts, len(self)))
        return [self._rows(part) for part in rows]

    def share(self, number: int, among: int) -> Batch:
        """Cut out the rows of one of several processes; there may be none.

        Args:
            number: Of the process, from 0.
            among: How many processes share the batch.

        Example:
            >>> batch = Batch(torch.zeros(3, 4), torch.tensor([4, 4, 4]), torch.tensor([0, 1, 2]))
            >>> [batch.share(k, 4).indices.tolist() for k in range(4)]
            [[0], [1], [2], []]
        """
        return self._rows(torch.arange(len(self)).tensor_split(among)[number])

    def _rows(self, rows: Int64[Tensor, " rows"]) -> Batch:
        return Batch(self.tokens[rows], self.lengths[rows], self.indices[rows])

    def to(self, device: torch.device | str) -> Batch:
        """Copy the tokens to a device.

        Args:
            device: Where the model is.
        """
        return Batch(self.tokens.to(device), self.lengths, self.indices)


def collate(corpus: Corpus, indices: Int[np.ndarray, " batch"]) -> Batch:
    """Cut sentences out of a corpus and pad them.

    Args:
        corpus: Where they are.
        indices: Which ones, at least one, ``(batch,)``.

    Raises:
        UsageError: If the vocabulary has no word for an id, which stored text can only have where
            its bytes were changed.
    """
    lengths = corpus.lengths[indices]
    positions = np.arange(lengths.max())
    present = positions < lengths[:, None]
    tokens = np.full(present.shape, PAD, dtype=np.int64)
    tokens[present] = corpus.tokens[(corpus.offsets[indices, None] + positions)[present]]
    if tokens.view(np.uint64).max() >= len(corpus.vocabulary):  # negative ones are huge there
        raise UsageError(
            f"a sentence has an id outside its vocabulary of {len(corpus.vocabulary)} words: if "
            "the text is stored in a cache, remove it there to have it stored again"
        )
    return Batch(
        torch.from_numpy(tokens),
        torch.from_numpy(lengths.astype(np.int64, copy=False)),
        torch.from_numpy(indices.astype(np.int64)),
    )


class LengthBucketedBatches:
    """The sentences of a corpus, epoch after epoch, in batches of about equal length.

    An epoch shuffles the corpus, sorts it by length keeping that order among equals, cuts it into
    batches and shuffles those. All of it depends on the seed and the number of the epoch alone, so
    a run goes on from any batch of any epoch without a state to keep.

    Args:
        corpus: The sentences.
        batch_size: Sentences in a batch; one batch of an epoch may have fewer.
        seed: Chooses the order, at least 0.

    Raises:
        UsageError: If ``batch_size`` is below 1 or ``seed`` below 0.

    Example:
        >>> from unvanish.data import Vocabulary, load_corpus
        >>> corpus = load_corpus(["a cat sat", "a dog", "a bird"], Vocabulary(("a",)))
        >>> batches = LengthBucketedBatches(corpus, batch_size=2)
        >>> len(batches)
        2
        >>> [batch.indices.tolist() for batch in batches.in_order()]
        [[1, 2], [0]]
        >>> sorted(batch.tokens.shape for batch in batches.epoch(0))
        [torch.Size([1, 5]), torch.Size([2, 4])]
    """

    def __init__(self, corpus: Corpus, batch_size: int = 32, seed: int = 0) -> None:
        _require_batch_size(batch_size)
        if seed < 0:
            raise UsageError(f"seed={seed} is not possible: give 0 or more")
        self.corpus = corpus
        self.batch_size = batch_size
        self.seed = seed

    def __len__(self) -> int:
        """Count the batches of an epoch."""
        return -(-len(self.corpus) // self.batch_size)

    def epoch(self, n: int, start: int = 0) -> Iterator[Batch]:
        """Give every sentence once, in the order of one epoch.

        Args:
            n: Number of the epoch, from 0.
            start: Number of batches to skip, which costs nothing.

        Raises:
            ValueError: If ``n`` or ``start`` is negative.
        """
        if n < 0 or start < 0:
            raise ValueError(f"n={n}, start={start} are not possible: give 0 or more")
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(n,)))
        order = self._places()
        rng.shuffle(order)  # as rng.permutation(len(order)) does, in half the memory
        batches = rng.permutation(len(self))[start:]
        return self._batches(self._by_length(order), batches, self.batch_size)

    def in_order(self, batch_size: int | None = None) -> Iterator[Batch]:
        """Give every sentence once, the shortest first, the same way every time.

        Args:
            batch_size: Sentences in a batch; ``None`` takes that of the epochs.

        Raises:
            UsageError: If ``batch_size`` is below 1.
        """
        size = self.batch_size if batch_size is None else batch_size
        _require_batch_size(size)
        batches = np.arange(-(-len(self.corpus) // size))
        return self._batches(self._by_length(self._places()), batches, size)

    def _places(self) -> Order:
        """Number the sentences, in 32 bits where that is enough."""
        n = len(self.corpus)
        return np.arange(n, dtype=np.int32 if n <= np.iinfo(np.int32).max else np.int64)

    def _by_length(self, order: Order) -> Order:
        """Sort sentences by length, keeping their order among equals."""
        return order[np.argsort(self._lengths[order], kind="stable")]

    @cached_property
    def _lengths(self) -> UInt[np.ndarray, " sentences"]:
        """Give the lengths in as few bytes as possible, which is what sorting them takes."""
        lengths = self.corpus.lengths
        return lengths.astype(np.min_scalar_type(lengths.max()))

    def _batches(self, order: Order, batches: Order, size: int) -> Iterator[Batch]:
        for batch in batches:
            yield collate(self.corpus, order[batch * size : (batch + 1) * size])


def _require_batch_size(size: int) -> None:
    if size < 1:
        raise UsageError(f"batch_size={size} is not possible: give at least 1")
