"""Sentences as ids, side by side in one array."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from ..config import UsageError
from .tokens import Tokenize, split_words
from .vocabulary import UNK, Vocabulary

if TYPE_CHECKING:
    from jaxtyping import Int32, Int64

    from .reading import Sentence

__all__ = ["Corpus", "ReadingReport"]


@dataclass(frozen=True)
class ReadingReport:
    """What became of the sentences that were read.

    Args:
        read: Sentences met, blank ones included: ``kept + blank + too_long``.
        kept: Sentences in the corpus.
        blank: Sentences without a word, left out.
        too_long: Sentences with too many words, left out.
        words: Words of the kept sentences.
        unknown_words: Those of them that are stored as ``<unk>``, whether the vocabulary does
            not know them or the text says ``<unk>`` itself.
    """

    read: int
    kept: int
    blank: int
    too_long: int
    words: int
    unknown_words: int

    def __str__(self) -> str:
        return (
            f"{self.kept:,} of {self.read:,} sentences kept "
            f"({self.blank:,} blank, {self.too_long:,} too long); "
            f"{self.unknown_words:,} of {self.words:,} words unknown"
        )


@dataclass(frozen=True, eq=False)
class Corpus:
    """Encoded sentences in their order, each as BOS, words, EOS.

    Args:
        tokens: Ids of all sentences one after the other, ``(tokens,)``.
        offsets: Where in ``tokens`` each sentence begins, and where the last one ends,
            ``(sentences + 1,)``.
        vocabulary: What the ids mean.
        report: What was kept and what was left out.
        labels: A label or ``None`` for each sentence; ``None`` where the corpus has no labels.

    Example:
        >>> from unvanish.data import Sentence
        >>> sentences = [Sentence("a cat sat"), Sentence("a dog")]
        >>> corpus = Corpus.from_sentences(sentences, Vocabulary(("a", "cat", "sat")))
        >>> corpus[1]
        array([2, 4, 1, 3], dtype=int32)
        >>> corpus.n_sentences, corpus.n_tokens
        (2, 7)
        >>> print(corpus.report)
        2 of 2 sentences kept (0 blank, 0 too long); 1 of 5 words unknown
    """

    tokens: Int32[np.ndarray, " tokens"]
    offsets: Int64[np.ndarray, " sentences_and_end"]
    vocabulary: Vocabulary
    report: ReadingReport
    labels: tuple[str | None, ...] | None = None

    @classmethod
    def from_sentences(
        cls,
        sentences: Iterable[Sentence],
        vocabulary: Vocabulary,
        *,
        tokenize: Tokenize = split_words,
        max_words: int | None = 200,
        name: str = "the corpus",
    ) -> Self:
        """Encode sentences, leaving out blank ones and those that are too long.

        Args:
            sentences: What to encode, read once.
            vocabulary: Gives words their ids.
            tokenize: Cuts a sentence into words.
            max_words: Leave out sentences with more words than this; the default is the limit of
                Fu et al. (2019), ``None`` keeps all.
            name: What an error calls the sentences.

        Raises:
            UsageError: If no sentence is left.
        """
        flat, ends = array("i"), array("q", [0])
        labels: list[str | None] = []
        blank = too_long = 0
        for sentence in sentences:
            words = tokenize(sentence.text)
            if not words:
                blank += 1
            elif max_words is not None and len(words) > max_words:
                too_long += 1
            else:
                flat.extend(vocabulary.encode(words))
                ends.append(len(flat))
                labels.append(sentence.label)
        if not labels:
            raise UsageError(
                f"no sentence of {name} can be used ({blank} blank, {too_long} too long); "
                f"raise max_words={max_words} or give other text"
            )
        tokens, offsets = _frozen(flat, np.int32), _frozen(ends, np.int64)
        report = ReadingReport(
            read=blank + too_long + len(labels),
            kept=len(labels),
            blank=blank,
            too_long=too_long,
            words=len(tokens) - 2 * len(labels),
            unknown_words=int(np.count_nonzero(tokens == UNK)),
        )
        labelled = any(label is not None for label in labels)
        return cls(tokens, offsets, vocabulary, report, tuple(labels) if labelled else None)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> Int32[np.ndarray, " time"]:
        """Give the ids of one sentence, BOS and EOS included."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"sentence {index} is not in a corpus of {len(self)}")
        first = index % len(self)
        return self.tokens[self.offsets[first] : self.offsets[first + 1]]

    @cached_property
    def lengths(self) -> Int64[np.ndarray, " sentences"]:
        """Number of ids of each sentence, BOS and EOS included."""
        return np.diff(self.offsets)

    @property
    def n_sentences(self) -> int:
        """Number of sentences."""
        return len(self)

    @property
    def n_tokens(self) -> int:
        """Number of words and EOS: what a model predicts and a perplexity is divided by."""
        return len(self.tokens) - len(self)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of vocabulary and ids in their order, the same on every machine."""
        digest = hashlib.sha256(json.dumps(self.vocabulary.to_dict()).encode("ascii"))
        digest.update(np.ascontiguousarray(self.offsets, dtype="<i8").data)
        digest.update(np.ascontiguousarray(self.tokens, dtype="<i4").data)
        return digest.hexdigest()


def _frozen(values: array[int], dtype: type[np.generic]) -> np.ndarray:
    """View a Python array as a numpy array that cannot be written to."""
    view = np.frombuffer(values, dtype=np.dtype(values.typecode)).astype(dtype, copy=False)
    view.flags.writeable = False
    return view
