"""Sentences that a person gives, each of which is to have an answer."""

from collections.abc import Iterable

from ..config import UsageError
from ..data import WHITESPACE, Corpus, Sentence, Tokens, Vocabulary
from ..data.encoding import Cutting

__all__ = ["given_sentences"]


def given_sentences(
    sentences: Iterable[str | Sentence], vocabulary: Vocabulary, tokens: Tokens = WHITESPACE
) -> Corpus:
    """Encode sentences so that none is left out, however long.

    How many of their words are unknown stands in the ``report`` of what is returned.

    Args:
        sentences: Texts, with labels or without.
        vocabulary: Gives words their ids.
        tokens: Cuts them.

    Raises:
        UsageError: If there are no sentences, or a sentence has no words.

    Example:
        >>> corpus = given_sentences(["a cat", "a dog"], Vocabulary(("a", "cat")))
        >>> len(corpus), corpus.report.unknown_words
        (2, 1)
    """
    if isinstance(sentences, str):
        raise UsageError("one string is no list of sentences; give a list: ['a sentence']")
    given = [item if isinstance(item, Sentence) else Sentence(item) for item in sentences]
    if not given:
        raise UsageError("there are no sentences; give at least one")
    cutting = Cutting(tokens)
    for place, sentence in enumerate(given, 1):
        if not cutting.words(sentence.text):
            raise UsageError(f"sentence {place} has no words; give one with words, or leave it out")
    return Corpus.from_sentences(given, vocabulary, tokens=tokens, max_words=None)
