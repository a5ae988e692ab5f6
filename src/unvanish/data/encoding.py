"""Sentences turned into ids one after the other."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from ..config import UsageError
from .reading_report import ReadingReport
from .tokens import WHITESPACE, Tokens
from .vocabulary import SYMBOLS, UNK

if TYPE_CHECKING:
    from .reading import Sentence

__all__ = ["Cutting", "Encoder", "TooLong"]

TooLong: TypeAlias = Literal["drop", "truncate"]
"""What becomes of sentences with too many words."""

_UNKNOWN = SYMBOLS[UNK]


@dataclass(frozen=True)
class Cutting:
    """How a sentence becomes words, and which of them are kept.

    Args:
        tokens: Cuts a sentence into words, characters or whatever ids stand for.
        max_words: The longest sentence; ``None`` keeps all.
        too_long: Whether longer sentences are left out or lose the words after the limit.

    Raises:
        UsageError: If ``too_long`` is something else.

    Example:
        >>> truncating, dropping = Cutting(max_words=2, too_long="truncate"), Cutting(max_words=2)
        >>> truncating.kept(["a", "cat", "sat"]), dropping.kept(["a", "cat", "sat"])
        (['a', 'cat'], [])
    """

    tokens: Tokens = WHITESPACE
    max_words: int | None = 200
    too_long: TooLong = "drop"

    def __post_init__(self) -> None:
        if self.too_long not in get_args(TooLong):
            raise UsageError(
                f"too_long={self.too_long!r} is not possible: give 'drop' or 'truncate'"
            )

    def words(self, text: str) -> list[str]:
        """Cut a sentence; one of white space alone is blank, whatever its tokens would be.

        Args:
            text: The sentence.
        """
        return self.tokens.cut(text) if text and not text.isspace() else []

    def kept(self, words: list[str]) -> list[str]:
        """Give what is kept of a sentence: all, the first words, or nothing.

        Args:
            words: Its words.
        """
        if self.max_words is None or len(words) <= self.max_words:
            return words
        return words[: max(self.max_words, 0)] if self.too_long == "truncate" else []


class Encoder:
    """Encodes sentences, leaving out what cannot be used, and counts what became of them.

    Args:
        encode: Gives the ids of the words of a sentence, begin and end included.
        cutting: How a sentence becomes words.

    Attributes:
        ids: Of all kept sentences one after the other.
        ends: 0, and where in ``ids`` each kept sentence ends.
        labels: Of the kept sentences.
    """

    def __init__(self, encode: Callable[[list[str]], list[int]], cutting: Cutting) -> None:
        self.encode, self.cutting = encode, cutting
        self.ids, self.ends = array("i"), array("q", [0])
        self.labels: list[str | None] = []
        self._blank = self._too_long = self._truncated = self._uncovered = self._written = 0

    def add(self, sentence: Sentence) -> None:
        """Encode a sentence.

        Args:
            sentence: The next one.
        """
        words = self.cutting.words(sentence.text)
        kept = self.cutting.kept(words)
        if not words:
            self._blank += 1
        elif not kept:
            self._too_long += 1
        else:
            self.ids.extend(self.encode(kept))
            self.ends.append(len(self.ids))
            self.labels.append(sentence.label)
            self._truncated += len(kept) < len(words)
            self._uncovered += self.cutting.tokens.uncovered(sentence.text)
            self._written += min(kept.count(_UNKNOWN), sentence.text.count(_UNKNOWN))

    def report(self, unknown_words: int) -> ReadingReport:
        """Tell what became of the sentences.

        Args:
            unknown_words: Words among the ids that are unknown.
        """
        return ReadingReport(
            read=self._blank + self._too_long + len(self.labels),
            kept=len(self.labels),
            blank=self._blank,
            too_long=self._too_long,
            words=len(self.ids) - 2 * len(self.labels),
            unknown_words=unknown_words,
            truncated=self._truncated,
            uncovered=self._uncovered,
            unknown_written=self._written,
        )
