"""For every sentence another one, with other words: of its length, or of any."""

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from ..config import UsageError

__all__ = ["partners"]

_OF_ITS_LENGTH, _OF_ANY = 2, 3
"""Which of a seed's streams the order is drawn from: 0 and 1 are noise of z."""


def partners(
    words: Int64[ndarray, " sentences"],
    lengths: Int64[ndarray, " sentences"] | None = None,
    *,
    seed: int = 0,
) -> Int64[ndarray, " sentences"]:
    """Choose another sentence for every sentence, of the same length where lengths are given.

    All sentences, or those of a length, stand in a circle in random order, those with the same
    words side by side, and each takes the one that is so many places on that its words are others:
    every one is taken once. Where more than half of a circle has the same words, these take the
    rest in turns. Where all of it has, they take those of the nearest length in turns, the shorter
    of two. So a sentence gets one with its own words only where there are no others at all.

    Args:
        words: Which words each sentence has: equal numbers for equal sentences, ``(sentences,)``.
        lengths: Length of each, ``(sentences,)``, in whatever unit; equal for equal sentences.
            ``None`` makes no difference between lengths.
        seed: Source of the order.

    Raises:
        UsageError: If there are fewer than two sentences.

    Example:
        >>> partners(np.arange(4), np.array([5, 9, 5, 8])).tolist()
        [2, 3, 0, 1]
    """
    n = len(words)
    if n < 2:
        raise UsageError("a sentence needs another one to take z from: give at least two")
    stream = _OF_ANY if lengths is None else _OF_ITS_LENGTH
    lengths = np.zeros(n, dtype=np.int64) if lengths is None else lengths
    draws = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream,)))
    order = _side_by_side(draws.permutation(n), words)
    order = order[np.argsort(lengths[order], kind="stable")]
    circles = np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1)
    found = np.empty(n, dtype=np.int64)
    for k, circle in enumerate(circles):
        beside = [*circles[max(k - 1, 0) : k], *circles[k + 1 : k + 2]]
        away = [abs(int(lengths[near[0]] - lengths[circle[0]])) for near in beside]
        nearest = beside[int(np.argmin(away))] if beside else None
        found[circle] = _taken(circle, words[circle], nearest)
    return found


def _side_by_side(
    order: Int64[ndarray, " sentences"], words: Int64[ndarray, " sentences"]
) -> Int64[ndarray, " sentences"]:
    """Bring those with the same words to the place of the first of them."""
    _, first, which = np.unique(words[order], return_index=True, return_inverse=True)
    return order[np.argsort(first[which], kind="stable")]


def _taken(
    circle: Int64[ndarray, " circle"],
    words: Int64[ndarray, " circle"],
    nearest: Int64[ndarray, " nearest"] | None,
) -> Int64[ndarray, " circle"]:
    """Say whom each of a circle takes, given the words of each and whom they may take else."""
    values, counts = np.unique(words, return_counts=True)
    if len(values) == 1:
        return np.roll(circle, -1) if nearest is None else np.resize(nearest, len(circle))
    most = counts.max()
    if 2 * most <= len(circle):
        return np.roll(circle, -most)
    many = words == values[counts.argmax()]
    taken = np.empty_like(circle)
    taken[many] = np.resize(circle[~many], most)
    taken[~many] = circle[many][: len(circle) - most]
    return taken
