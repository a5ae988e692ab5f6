"""For every sentence another one of its length."""

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from ..config import UsageError

__all__ = ["partners"]

_DRAWS = 2
"""Which of a seed's streams the order is drawn from: 0 and 1 are noise of z."""


def partners(
    lengths: Int64[ndarray, " sentences"], *, seed: int = 0
) -> Int64[ndarray, " sentences"]:
    """Choose another sentence for every sentence, of the same length where there is one.

    The sentences of a length stand in a circle in random order and each takes the next, so that
    every one is taken once. A sentence that is alone with its length takes one of the nearest
    length, the shorter of two.

    Args:
        lengths: Length of each sentence, ``(sentences,)``, in whatever unit.
        seed: Source of the order.

    Raises:
        UsageError: If there are fewer than two sentences.

    Example:
        >>> partners(np.array([5, 9, 5, 8])).tolist()
        [2, 3, 0, 1]
    """
    n = len(lengths)
    if n < 2:
        raise UsageError("a sentence needs another one to take z from: give at least two")
    draws = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_DRAWS,)))
    order = draws.permutation(n)
    order = order[np.argsort(lengths[order], kind="stable")]
    found = np.empty(n, dtype=np.int64)
    for circle in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
        found[circle] = np.roll(circle, -1)
    for place in np.flatnonzero(found[order] == order):
        beside = [order[k] for k in (place - 1, place + 1) if 0 <= k < n]
        found[order[place]] = min(beside, key=lambda k: abs(lengths[k] - lengths[order[place]]))
    return found
