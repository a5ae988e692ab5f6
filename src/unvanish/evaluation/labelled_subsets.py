"""Some sentences of a corpus as the only ones whose label is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from ..config import UsageError
from ..config.errors import require

__all__ = ["LabelDraws", "labelled_subset", "parts_to_learn_and_choose"]

_LEAST = 5
"""Fewest labelled sentences: one of five chooses, the others are learnt from."""


@dataclass(frozen=True)
class LabelDraws:
    """How many sentences have a label, and how often so many of them are drawn.

    Args:
        counts: Numbers of labelled sentences, 5 or more.
        shares: More of these numbers, as parts of all sentences, above 0 and up to 1.
        repeats: How often each number is drawn; the n-th draw is the same for all methods.
        seed: Source of the draws, at least 0.

    Raises:
        UsageError: If a share, ``repeats`` or the seed is out of range, or there is no number at
            all.

    Example:
        >>> LabelDraws(counts=(1_000, 100), shares=(0.01, 0.1)).numbers(44_409)
        (100, 444, 1000, 4441)
    """

    counts: Sequence[int] = (100, 500, 1_000, 2_000, 10_000)
    shares: Sequence[float] = ()
    repeats: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        for share in self.shares:
            require(0 < share <= 1, "share", share, "give a part of all, above 0 and up to 1")
        given = bool(self.counts) or bool(self.shares)
        require(given, "counts", tuple(self.counts), "give at least one, or a share")
        require(self.repeats >= 1, "repeats", self.repeats, "give at least 1")
        require(self.seed >= 0, "seed", self.seed, "give at least 0")

    def numbers(self, sentences: int) -> tuple[int, ...]:
        """Give the numbers of labelled sentences, in order and each once.

        Args:
            sentences: How many there are.

        Raises:
            UsageError: If a number is below 5 or above ``sentences``.
        """
        wanted = sorted({*self.counts, *(round(share * sentences) for share in self.shares)})
        for count in (wanted[0], wanted[-1]):
            allowed = f"give {_LEAST} to {sentences:,}, of which the labels are known"
            require(_LEAST <= count <= sentences, "labelled sentences", count, allowed)
        return tuple(wanted)

    def of(self, sentences: int, count: int) -> list[Int64[ndarray, " labelled"]]:
        """Draw so many sentences, each time anew: see :func:`labelled_subset`.

        Args:
            sentences: How many there are.
            count: How many of them are drawn.
        """
        draws = range(self.repeats)
        return [labelled_subset(sentences, count, draw=draw, seed=self.seed) for draw in draws]


def labelled_subset(
    sentences: int, count: int, *, draw: int = 0, seed: int = 0
) -> Int64[ndarray, " labelled"]:
    """Draw the sentences whose label is known, whatever it is.

    They depend on these numbers alone, so all methods learn from the same ones, and the larger
    subset of a draw holds the smaller.

    Args:
        sentences: How many there are.
        count: How many of them are drawn.
        draw: Which of several draws.
        seed: Source of all draws, at least 0.

    Example:
        >>> few, more = (labelled_subset(1_000, count) for count in (10, 20))
        >>> (more[:10] == few).all(), len(set(more.tolist()))
        (np.True_, 20)
    """
    source = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(draw,)))
    return source.permutation(sentences)[:count]


def parts_to_learn_and_choose(
    rows: Int64[ndarray, " labelled"], labels: Sequence[str] | Mapping[int, str]
) -> tuple[Int64[ndarray, " learnt"], Int64[ndarray, " choosing"]]:
    """Set a fifth of the labelled sentences aside to choose by.

    Args:
        rows: From :func:`labelled_subset`, in the order of the draw.
        labels: Of these sentences, by row.

    Raises:
        UsageError: If those to learn from all have one label.

    Example:
        >>> learnt, choosing = parts_to_learn_and_choose(np.arange(10), "abababababab")
        >>> learnt.tolist(), choosing.tolist()
        ([2, 3, 4, 5, 6, 7, 8, 9], [0, 1])
    """
    choosing, learnt = np.split(rows, [len(rows) // _LEAST])
    if len({labels[row] for row in learnt}) < 2:
        raise UsageError(
            f"{len(rows)} labelled sentences are too few: all to learn from are labelled "
            f"{labels[learnt[0]]!r}; give more"
        )
    return learnt, choosing
