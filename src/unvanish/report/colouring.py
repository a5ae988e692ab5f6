"""Which colour a sentence has on a map."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from ..data import Corpus
from .styles import COLOURS

__all__ = ["Colouring", "colour"]

_GREY = "#8a8f98"
_RAMP = ("#4a7fd4", "#3fa39b", "#a39b2f", "#e0763a")
"""From short to long; each stands out on white and on black."""


@dataclass(frozen=True)
class Colouring:
    """Groups of sentences, each with a name and a colour.

    Args:
        group: The group of every sentence.
        names: Names of the groups.
        colours: Colours of the groups.
        what: What the groups tell apart.
    """

    group: Int64[ndarray, " sentences"]
    names: Sequence[str]
    colours: Sequence[str]
    what: str


def colour(corpus: Corpus | None, indices: Int64[ndarray, " sentences"]) -> Colouring:
    """Colour sentences by label where there are labels, else by length.

    Args:
        corpus: The validation split; without it all have one colour.
        indices: Which sentences of it.
    """
    if corpus is None:
        return Colouring(np.zeros(len(indices), dtype=np.int64), ("sentence",), COLOURS[:1], "")
    if corpus.labels is not None:
        return _by_label([corpus.labels[index] for index in indices])
    return _by_length(corpus.lengths[indices] - 2)


def _by_label(labels: Sequence[str | None]) -> Colouring:
    """Give the commonest labels their own colours; the others share one."""
    counts = Counter(label for label in labels if label is not None)
    room = len(COLOURS)
    names = sorted(label for label, _ in counts.most_common(room))
    rest = "other or none" if len(counts) > room else "none"
    place = {name: k for k, name in enumerate(names)}
    group = np.array(
        [len(names) if label is None else place.get(label, len(names)) for label in labels],
        dtype=np.int64,
    )
    colours = COLOURS[: len(names)]
    if (group == len(names)).any():
        return Colouring(group, (*names, rest), (*colours, _GREY), "label")
    return Colouring(group, names, colours, "label")


def _by_length(lengths: Int64[ndarray, " sentences"]) -> Colouring:
    """Make up to four groups of about as many sentences."""
    inner = np.unique(np.quantile(lengths, [0.25, 0.5, 0.75], method="lower"))
    group = np.searchsorted(inner, lengths, side="left").astype(np.int64)
    present, group = np.unique(group, return_inverse=True)
    names = []
    for k in range(len(present)):
        among = lengths[group == k]
        low, high = int(among.min()), int(among.max())
        names.append(str(low) if low == high else f"{low} to {high}")
    return Colouring(group.astype(np.int64), names, _RAMP[: len(names)], "length in words")
