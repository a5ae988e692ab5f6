"""Characters of sentences: what models with different tokens can be compared by."""

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from ..data import Corpus, Tokens

__all__ = ["sentence_characters"]


def sentence_characters(corpus: Corpus, tokens: Tokens) -> Int64[ndarray, " sentences"] | None:
    """Count the characters that a model predicts with each sentence.

    They are those of the tokens put together, and one for the end of the line, which the end
    symbol stands for. Where a word has become ``<unk>`` the text itself is not predicted, however
    well ``<unk>`` is, and there is no such number; a ``<unk>`` that the text says itself, as
    prepared corpora do, counts as it is written.

    Args:
        corpus: The sentences.
        tokens: How they were cut.

    Returns:
        Characters of each sentence; ``None`` where words of the text are unknown or no token
        stands for some of it.

    Example:
        >>> from unvanish.data import WHITESPACE, Vocabulary, load_corpus
        >>> words = Vocabulary(("a", "cat"))
        >>> sentence_characters(load_corpus(["a cat", "a  <unk>"], words), WHITESPACE).tolist()
        [6, 8]
        >>> sentence_characters(load_corpus(["a dog"], words), WHITESPACE) is None
        True
    """
    if not corpus.report.is_lossless:
        return None
    texts = (tokens.join(corpus.vocabulary.decode(corpus[place])) for place in range(len(corpus)))
    return np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(corpus))
