r"""How alike two sentences are by the vectors of their words.

.. math:: \tfrac12 (1 + \cos(u, v))

where u and v are either the mean of the words' vectors (A-bow), or of every dimension the number
furthest from 0 among the words (E-bow), the positive one of two that are equally far.

References:
    Liu et al., How NOT To Evaluate Your Dialogue System, EMNLP 2016,
    https://arxiv.org/abs/1603.08023, section 3.2.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ...data import WordVectors

__all__ = ["embedding_scores", "extrema"]


def embedding_scores(
    samples: Sequence[Sequence[str]], references: Sequence[Sequence[str]], vectors: WordVectors
) -> tuple[Float[ndarray, "known others"], Float[ndarray, "known others"]]:
    """Give A-bow and E-bow of every sample with every reference.

    Sentences none of whose words has a vector are skipped, so there may be fewer rows or columns
    than sentences.

    Args:
        samples: Words of each sentence that was generated.
        references: Words of each response that fits.
        vectors: Of the words that have one.
    """
    rows = [known for sentence in samples if len(known := vectors.of(sentence))]
    columns = [known for sentence in references if len(known := vectors.of(sentence))]
    means = [np.array([known.mean(0) for known in side]) for side in (rows, columns)]
    ends = [np.array([extrema(known) for known in side]) for side in (rows, columns)]
    return _likeness(*means), _likeness(*ends)


def extrema(vectors: Float[ndarray, "words size"]) -> Float[ndarray, " size"]:
    """Give the number furthest from 0 in every dimension.

    Args:
        vectors: At least one.

    Example:
        >>> extrema(np.array([[1.0, -2.0, 3.0], [-4.0, 2.0, 0.0]]))
        array([-4.,  2.,  3.])
    """
    most, least = vectors.max(0), vectors.min(0)
    furthest: ndarray = np.where(most >= np.abs(least), most, least)
    return furthest


def _likeness(
    left: Float[ndarray, "left size"], right: Float[ndarray, "right size"]
) -> Float[ndarray, "left right"]:
    """Give (1 + cos) / 2 of all pairs; a vector of length 0 is at right angles to all."""
    if not len(left) or not len(right):
        return np.empty((len(left), len(right)))
    lengths = np.linalg.norm(left, axis=1)[:, None] * np.linalg.norm(right, axis=1)
    cosines = np.divide(left @ right.T, lengths, out=np.zeros(lengths.shape), where=lengths > 0)
    likeness: ndarray = (1 + cosines) / 2
    return likeness
