"""Sentences as ids, side by side in one array."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self, TypeAlias, get_args

import numpy as np

from ..config import UsageError
from .tokens import WHITESPACE, Tokens
from .vocabulary import SYMBOLS, UNK, Vocabulary

if TYPE_CHECKING:
    from jaxtyping import Int32, Int64

    from .reading import Sentence

__all__ = ["Corpus", "ReadingReport", "TooLong", "cut", "usable"]

TooLong: TypeAlias = Literal["drop", "truncate"]
"""What becomes of sentences with too many words."""

_UNKNOWN = SYMBOLS[UNK]


@dataclass(frozen=True)
class ReadingReport:
    """What became of the sentences that were read.

    Args:
        read: Sentences met, blank ones included: ``kept + blank + too_long``.
        kept: Sentences in the corpus.
        blank: Sentences without a word, left out.
        too_long: Sentences with too many words, left out.
        words: Words of the kept sentences: tokens of any kind.
        unknown_words: Those of them that are stored as ``<unk>``, whether the vocabulary does
            not know them or the text says ``<unk>`` itself.
        truncated: Kept sentences whose words after the limit were cut off.
        uncovered: Characters of the kept sentences as read, white space aside, that no token
            stands for (see ``Tokens``).
        unknown_written: Unknown words that the text itself writes as ``<unk>``.
    """

    read: int
    kept: int
    blank: int
    too_long: int
    words: int
    unknown_words: int
    truncated: int = 0
    uncovered: int = 0
    unknown_written: int = 0

    @property
    def unknown_share(self) -> float:
        """Share of the words that are unknown."""
        return self.unknown_words / self.words

    @property
    def is_lossless(self) -> bool:
        """Whether the tokens tell the text: ``<unk>`` stands for nothing but itself."""
        return self.unknown_words == self.unknown_written and not self.uncovered

    def __str__(self) -> str:
        cut = f", {self.truncated:,} cut to the limit" if self.truncated else ""
        missed = f"; no token for {self.uncovered:,} characters" if self.uncovered else ""
        return (
            f"{self.kept:,} of {self.read:,} sentences kept "
            f"({self.blank:,} blank, {self.too_long:,} too long{cut}); "
            f"{self.unknown_words:,} of {self.words:,} words unknown{missed}"
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
        if too_long not in get_args(TooLong):
            raise UsageError(f"too_long={too_long!r} is not possible: give 'drop' or 'truncate'")
        flat, ends = array("i"), array("q", [0])
        labels: list[str | None] = []
        blank = dropped = truncated = uncovered = written = 0
        for sentence in sentences:
            words = cut(sentence.text, tokens)
            kept = usable(words, max_words, too_long)
            if not words:
                blank += 1
            elif not kept:
                dropped += 1
            else:
                flat.extend(vocabulary.encode(kept))
                ends.append(len(flat))
                labels.append(sentence.label)
                truncated += len(kept) < len(words)
                uncovered += tokens.uncovered(sentence.text)
                written += min(kept.count(_UNKNOWN), sentence.text.count(_UNKNOWN))
        if not labels:
            raise UsageError(
                f"no sentence of {name} can be used ({blank} blank, {dropped} too long); "
                f"raise max_words={max_words} or give other text"
            )
        ids, offsets = _frozen(flat, np.int32), _frozen(ends, np.int64)
        report = ReadingReport(
            read=blank + dropped + len(labels),
            kept=len(labels),
            blank=blank,
            too_long=dropped,
            words=len(ids) - 2 * len(labels),
            unknown_words=int(np.count_nonzero(ids == UNK)),
            truncated=truncated,
            uncovered=uncovered,
            unknown_written=written,
        )
        labelled = any(label is not None for label in labels)
        return cls(ids, offsets, vocabulary, report, tuple(labels) if labelled else None)

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


def cut(text: str, tokens: Tokens) -> list[str]:
    """Cut a sentence; one of white space alone is blank, whatever its tokens would be.

    Args:
        text: The sentence.
        tokens: How it is cut.
    """
    return tokens.cut(text) if text and not text.isspace() else []


def usable(words: list[str], max_words: int | None, too_long: TooLong) -> list[str]:
    """Give what is kept of a sentence: all, the first words, or nothing.

    Args:
        words: Its words.
        max_words: How many it may have.
        too_long: What becomes of it if it has more.

    Example:
        >>> usable(["a", "cat", "sat"], 2, "truncate"), usable(["a", "cat", "sat"], 2, "drop")
        (['a', 'cat'], [])
    """
    if max_words is None or len(words) <= max_words:
        return words
    return words[: max(max_words, 0)] if too_long == "truncate" else []


def _frozen(values: array[int], dtype: type[np.generic]) -> np.ndarray:
    """View a Python array as a numpy array that cannot be written to."""
    view = np.frombuffer(values, dtype=np.dtype(values.typecode)).astype(dtype, copy=False)
    view.flags.writeable = False
    return view
