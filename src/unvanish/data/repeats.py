"""Which sentences of a corpus are the same."""

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from .corpus import Corpus

__all__ = ["sentence_groups"]


def sentence_groups(corpus: Corpus) -> Int64[ndarray, " sentences"]:
    """Give every sentence a number that it has in common with those of the same words.

    Args:
        corpus: The sentences.

    Returns:
        Numbers from 0, in the order in which sentences first occur.

    Example:
        >>> from unvanish.data import Sentence, Vocabulary
        >>> texts = [Sentence(text) for text in ("a b", "b", "a b")]
        >>> sentence_groups(Corpus.from_sentences(texts, Vocabulary(("a", "b")))).tolist()
        [0, 1, 0]
    """
    numbers: dict[bytes, int] = {}
    every = (corpus[place].tobytes() for place in range(len(corpus)))
    return np.fromiter((numbers.setdefault(words, len(numbers)) for words in every), np.int64)
