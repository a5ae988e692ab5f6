"""Some sentences of a corpus as the only ones whose label is known."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from ..config import UsageError
from ..config.errors import require

__all__ = ["labelled_counts", "labelled_subset", "parts_to_learn_and_choose"]

_LEAST = 5
"""Fewest labelled sentences: one of five chooses, the others are learnt from."""


def labelled_counts(
    sentences: int, counts: Sequence[int] = (), shares: Sequence[float] = ()
) -> tuple[int, ...]:
    """Turn numbers and shares of labelled sentences into numbers, in order and each once.

    Args:
        sentences: How many there are.
        counts: Numbers of labelled ones.
        shares: Parts of all, above 0 and up to 1.

    Raises:
        UsageError: If a number is below 5 or above ``sentences``, or there is none.

    Example:
        >>> labelled_counts(44_409, counts=(1_000, 100), shares=(0.01, 0.1))
        (100, 444, 1000, 4441)
    """
    for share in shares:
        require(0 < share <= 1, "share", share, "give a part of all, above 0 and up to 1")
    wanted = sorted({*counts, *(round(share * sentences) for share in shares)})
    require(bool(wanted), "counts", tuple(counts), "give at least one, or a share")
    for count in (wanted[0], wanted[-1]):
        allowed = f"give {_LEAST} to {sentences:,}, of which the labels are known"
        require(_LEAST <= count <= sentences, "labelled sentences", count, allowed)
    return tuple(wanted)


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
