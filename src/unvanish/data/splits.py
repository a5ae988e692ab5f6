"""Parts of a corpus for validation and test that depend on its text alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ..config import UsageError

if TYPE_CHECKING:
    from .reading import Sentence

__all__ = ["Splits", "carve"]

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
    points = [(_point(sentence.text), sentence) for sentence in sentences]
    distinct = sorted({point for point, _ in points if point is not None})
    test_end, valid_end = _boundaries(distinct, valid_share, test_share)
    splits = Splits([], [], [])
    for point, sentence in points:
        if point is None or point >= valid_end:
            splits.train.append(sentence)
        elif point >= test_end:
            splits.valid.append(sentence)
        else:
            splits.test.append(sentence)
    return splits


def _point(text: str) -> int | None:
    """Hash a text to a number below 2^64; a blank text has none."""
    words = " ".join(text.split())
    if not words:
        return None
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8"), digest_size=8).digest(), "big")


def _boundaries(distinct: list[int], valid_share: float, test_share: float) -> tuple[int, int]:
    """Find the ends of test and valid in the range of the hash, test coming first."""
    wanted = 1 + (valid_share > 0) + (test_share > 0)
    if len(distinct) < wanted:
        raise UsageError(
            f"too few different sentences ({len(distinct)}) to carve {wanted} splits from; "
            "give more text, or files of their own for valid and test"
        )
    test_end = int(test_share * _RANGE)
    valid_end = int((test_share + valid_share) * _RANGE)
    n_test = sum(point < test_end for point in distinct)
    n_valid = sum(point < valid_end for point in distinct) - n_test
    n_train = len(distinct) - n_test - n_valid
    if n_train and (n_valid or not valid_share) and (n_test or not test_share):
        return test_end, valid_end
    return _boundaries_by_rank(distinct, valid_share, test_share)


def _boundaries_by_rank(
    distinct: list[int], valid_share: float, test_share: float
) -> tuple[int, int]:
    """Find boundaries that leave no wanted split of a tiny corpus empty."""
    n = len(distinct)
    n_test = min(max(1, round(test_share * n)), n - 1 - (valid_share > 0)) if test_share else 0
    n_valid = min(max(1, round(valid_share * n)), n - 1 - n_test) if valid_share else 0
    return distinct[n_test], distinct[n_test + n_valid]
