"""Sentences as ids, side by side in one array."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from ..config import UsageError
from .encoding import Cutting, Encoder, TooLong
from .reading_report import ReadingReport
from .tokens import WHITESPACE, Tokens
from .vocabulary import UNK, Vocabulary

if TYPE_CHECKING:
    from jaxtyping import Int32, Int64

    from .reading import Sentence

__all__ = ["Corpus", "nothing_to_learn_from", "nothing_usable", "vocabulary_digest"]


@dataclass(frozen=True, eq=False)
class Corpus:
    """Encoded sentences in their order, each as BOS, words, EOS.

    The arrays cannot be written to; those of large text are mapped from disk (see
    ``load_corpora``).

    Args:
        tokens: Ids of all sentences one after the other, ``(tokens,)``.
        offsets: Where in ``tokens`` each sentence begins, and where the last one ends,
            ``(sentences + 1,)``.
        vocabulary: What the ids mean.
        report: What was kept and what was left out.
        labels: A label or ``None`` for each sentence; ``None`` where the corpus has no labels.
        known_sha256: Its fingerprint, where that was computed before; ``sha256`` gives it.

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
    labels: Sequence[str | None] | None = None
    known_sha256: str | None = field(default=None, repr=False)

    @classmethod
    def from_sentences(
        cls,
        sentences: Iterable[Sentence],
        vocabulary: Vocabulary,
        *,
        tokens: Tokens = WHITESPACE,
        max_words: int | None = 200,
        too_long: TooLong = "drop",
        name: str = "the corpus",
    ) -> Self:
        """Encode sentences, leaving out blank ones and, unless they are cut, too long ones.

        Args:
            sentences: What to encode, read once.
            vocabulary: Gives words their ids.
            tokens: Cuts a sentence into words, characters or whatever ids stand for.
            max_words: The longest sentence; the default is the limit of Fu et al. (2019),
                ``None`` keeps all.
            too_long: Whether longer sentences are left out or lose the words after the limit.
            name: What an error calls the sentences.

        Raises:
            UsageError: If no sentence is left, or ``too_long`` is something else.
        """
        encoder = Encoder(vocabulary.encode, Cutting(tokens, max_words, too_long))
        for sentence in sentences:
            encoder.add(sentence)
        ids, offsets = _frozen(encoder.ids, np.int32), _frozen(encoder.ends, np.int64)
        report = encoder.report(int(np.count_nonzero(ids == UNK)))
        if not report.kept:
            raise nothing_usable(name, report, max_words)
        labelled = any(label is not None for label in encoder.labels)
        labels = tuple(encoder.labels) if labelled else None
        return cls(ids, offsets, vocabulary, report, labels)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> Int32[np.ndarray, " time"]:
        """Give the ids of one sentence, BOS and EOS included."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"sentence {index} is not in a corpus of {len(self)}")
        first = index % len(self)
        return self.tokens[self.offsets[first] : self.offsets[first + 1]]

    @cached_property
    def lengths(self) -> Int32[np.ndarray, " sentences"]:
        """Number of ids of each sentence, BOS and EOS included."""
        lengths = np.empty(len(self), dtype=np.int32)
        np.subtract(self.offsets[1:], self.offsets[:-1], out=lengths, casting="same_kind")
        return lengths

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
        if self.known_sha256 is not None:
            return self.known_sha256
        digest = vocabulary_digest(self.vocabulary)
        digest.update(np.ascontiguousarray(self.offsets, dtype="<i8").data)
        digest.update(np.ascontiguousarray(self.tokens, dtype="<i4").data)
        return digest.hexdigest()


def nothing_usable(name: str, report: ReadingReport, max_words: int | None) -> UsageError:
    """Say that no sentence is left.

    Args:
        name: What the sentences are called.
        report: What became of them.
        max_words: The limit that they may have broken.
    """
    return UsageError(
        f"no sentence of {name} can be used ({report.blank} blank, {report.too_long} with more "
        f"than max_words={max_words}); raise max_words, set too_long to truncate, or give "
        "other text"
    )


def nothing_to_learn_from(name: str, max_words: int | None) -> UsageError:
    """Say that there is no sentence to collect words from.

    Args:
        name: What the training sentences are called.
        max_words: The limit that they may have broken.
    """
    return UsageError(
        f"no sentence of {name} can be used, all are blank or have more than "
        f"max_words={max_words}; raise max_words, set too_long to truncate, or give other text"
    )


def vocabulary_digest(vocabulary: Vocabulary) -> hashlib._Hash:
    """Begin the fingerprint of a corpus, which is that of its vocabulary, offsets and ids.

    Args:
        vocabulary: The words.
    """
    return hashlib.sha256(json.dumps(vocabulary.to_dict()).encode("ascii"))


def _frozen(values: array[int], dtype: type[np.generic]) -> np.ndarray:
    """View a Python array as a numpy array that cannot be written to."""
    view = np.frombuffer(values, dtype=np.dtype(values.typecode)).astype(dtype, copy=False)
    view.flags.writeable = False
    return view
