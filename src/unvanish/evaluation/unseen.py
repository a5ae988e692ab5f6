"""Which sentences of a test were not trained on."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

__all__ = ["unseen_sentences"]


def unseen_sentences(train: Iterable[str], test: Iterable[str]) -> Bool[ndarray, " tested"]:
    """Tell which sentences of a test are not among those trained on, white space aside.

    Args:
        train: Sentences that were trained on.
        test: Those that are tested.

    Example:
        >>> unseen_sentences(["a cat", "a dog"], ["a  dog", "a fox", "a cat sat"]).tolist()
        [False, True, True]
    """
    known = {" ".join(text.split()) for text in train}
    return np.array([" ".join(text.split()) not in known for text in test], dtype=bool)
