"""What became of the sentences that were read."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

__all__ = ["ReadingReport"]


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

    @classmethod
    def total(cls, reports: Iterable[Self]) -> Self:
        """Add up the reports of the parts of a text.

        Args:
            reports: One a part.

        Example:
            >>> ReadingReport.total([ReadingReport(1, 1, 0, 0, 3, 0)] * 2).words
            6
        """
        sums = dict.fromkeys((entry.name for entry in fields(cls)), 0)
        for report in reports:
            for name in sums:
                sums[name] += getattr(report, name)
        return cls(**sums)

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
