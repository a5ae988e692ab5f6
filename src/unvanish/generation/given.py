"""Sentences that a person gives, each of which is to have an answer."""

import reprlib
from collections.abc import Iterable, Mapping
from typing import Any

from ..config import UsageError
from ..data import WHITESPACE, Corpus, Sentence, Tokens, Vocabulary, read_sentences
from ..data.encoding import Cutting

__all__ = ["given_sentences", "listed_sentences"]


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
        UsageError: If there are no sentences, or one is no text or has no words.

    Example:
        >>> corpus = given_sentences(["a cat", "a dog"], Vocabulary(("a", "cat")))
        >>> len(corpus), corpus.report.unknown_words
        (2, 1)
    """
    items = listed_sentences(sentences)
    if not items:
        raise UsageError("there are no sentences; give at least one")
    given, cutting = [], Cutting(tokens)
    for place, sentence in enumerate(read_sentences(items, keep_blank=True), 1):
        if not cutting.words(sentence.text):
            raise UsageError(f"sentence {place} has no words; give one with words, or leave it out")
        given.append(sentence)
    return Corpus.from_sentences(given, vocabulary, tokens=tokens, max_words=None)


def listed_sentences(given: object) -> list[str | Sentence | Mapping[str, Any]]:
    """Take a list, an array or a column of what may be sentences.

    Args:
        given: What a person gave for it.

    Raises:
        UsageError: If it is something else, or an item is nothing that holds a text.
    """
    if isinstance(given, str | bytes | bytearray | Mapping) or not isinstance(given, Iterable):
        kind = "one string" if isinstance(given, str) else type(given).__name__
        raise UsageError(f"{kind} is no list of sentences; give a list: ['a sentence']")
    shape = tuple(getattr(given, "shape", (0,)))
    if len(shape) != 1:
        raise UsageError(f"sentences in an array of shape {shape} are not possible: give a column")
    items = list(given)
    for place, item in enumerate(items, 1):
        if not isinstance(item, str | Sentence | Mapping):
            shown = " ".join(reprlib.repr(item).split())
            raise UsageError(f"sentence {place} is {shown}: give strings")
    return items
