"""Parts of a corpus for validation and test that depend on its text alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple, Self, TypeAlias

from ..config import UsageError

if TYPE_CHECKING:
    from .reading import Sentence

__all__ = ["SPLITS", "Boundaries", "SplitName", "Splits", "carve", "place", "wanted_splits"]

SplitName: TypeAlias = Literal["train", "valid", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "valid", "test")

_RANGE = 2**64


class Splits(NamedTuple):
    """Sentences to learn from, to choose by and to report on."""

    train: list[Sentence]
    valid: list[Sentence]
    test: list[Sentence]


def carve(
    sentences: Iterable[Sentence], valid_share: float = 0.1, test_share: float = 0.1
) -> Splits:
    """Divide sentences among the splits by a hash of their text.

    Equal sentences fall into the same split, whatever their labels and the white space in them,
    so nothing that is tested on was trained on. How text is cut into tokens does not matter, so
    that runs on words and on subwords are tested on the same sentences. The order of
    the sentences does not matter either, and in all but tiny corpora a sentence stays in its
    split when others are added.

    Args:
        sentences: The whole corpus; blank sentences go to train.
        valid_share: Share of the different sentences for validation; 0 carves none.
        test_share: Share of the different sentences for test; 0 carves none.

    Returns:
        The splits in the order of the corpus; none is empty unless its share is 0.

    Raises:
        UsageError: If a share is negative, nothing is left to train on, or there are fewer
            different sentences than splits.

    Example:
        >>> from unvanish.data import Sentence
        >>> splits = carve([Sentence(f"this is sentence {i}") for i in range(1000)])
        >>> [len(split) for split in splits]
        [795, 106, 99]
    """
    if not (valid_share >= 0 and test_share >= 0 and valid_share + test_share < 1):
        raise UsageError(
            f"valid_share={valid_share}, test_share={test_share} are not possible: "
            "give shares from 0 that leave something to train on"
        )
    points = [(place(sentence.text), sentence) for sentence in sentences]
    boundaries = Boundaries.of_text((point for point, _ in points), valid_share, test_share)
    splits = Splits([], [], [])
    for point, sentence in points:
        getattr(splits, boundaries.split(point)).append(sentence)
    return splits


class Boundaries(NamedTuple):
    """Where the splits meet in the range of the hash: test comes first, then valid, then train.

    Args:
        test_end: The first place that is not in test.
        valid_end: The first place that is in train.
    """

    test_end: int
    valid_end: int

    @classmethod
    def of_shares(cls, valid_share: float, test_share: float) -> Self:
        """Give the boundaries of every text in which they leave no wanted split empty.

        Args:
            valid_share: Share of validation.
            test_share: Share of test.
        """
        return cls(int(test_share * _RANGE), int((test_share + valid_share) * _RANGE))

    @classmethod
    def of_text(cls, places: Iterable[int | None], valid_share: float, test_share: float) -> Self:
        """Give the boundaries of a text: those of its shares, or others if it is tiny.

        Args:
            places: Of its sentences.
            valid_share: Share of validation.
            test_share: Share of test.

        Raises:
            UsageError: If there are fewer different sentences than splits.
        """
        distinct = sorted({point for point in places if point is not None})
        wanted = wanted_splits(valid_share, test_share)
        n = len(distinct)
        if n < len(wanted):
            raise UsageError(
                f"too few different sentences ({n}) to carve {len(wanted)} splits from; "
                "give more text, or files of their own for valid and test"
            )
        usual = cls.of_shares(valid_share, test_share)
        if {usual.split(point) for point in distinct} >= wanted:
            return usual
        return cls(*_boundaries_by_rank(distinct, valid_share, test_share))

    def split(self, point: int | None) -> SplitName:
        """Name the split of a sentence.

        Args:
            point: Its place; blank sentences, which have none, go to train.
        """
        if point is None or point >= self.valid_end:
            return "train"
        return "valid" if point >= self.test_end else "test"


def wanted_splits(valid_share: float, test_share: float) -> set[SplitName]:
    """Name the splits that may not be empty.

    Args:
        valid_share: Share of validation.
        test_share: Share of test.
    """
    wanted: set[SplitName] = {"train"}
    if valid_share:
        wanted.add("valid")
    if test_share:
        wanted.add("test")
    return wanted


def place(text: str) -> int | None:
    """Hash a text to a number below 2^64; a blank text has none.

    Args:
        text: A sentence; how much white space is in it does not matter.
    """
    words = " ".join(text.split())
    if not words:
        return None
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8"), digest_size=8).digest(), "big")


def _boundaries_by_rank(
    distinct: list[int], valid_share: float, test_share: float
) -> tuple[int, int]:
    """Find boundaries that leave no wanted split of a tiny corpus empty."""
    n = len(distinct)
    n_test = min(max(1, round(test_share * n)), n - 1 - (valid_share > 0)) if test_share else 0
    n_valid = min(max(1, round(valid_share * n)), n - 1 - n_test) if valid_share else 0
    return distinct[n_test], distinct[n_test + n_valid]
