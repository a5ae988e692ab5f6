"""Sentences that two splits share, though they should not."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ..measures.spread_rows import spread_rows
from .corpus import Corpus
from .splits import SPLITS, SplitName
from .vocabulary import UNK

if TYPE_CHECKING:
    from .loading import Corpora

__all__ = ["share_in_common", "sharing_problems"]

_SAMPLED = 1_000
_LOOKED_THROUGH = 500_000
_MANY = 0.5

_WHY_NOT: dict[tuple[SplitName, SplitName], str] = {
    ("train", "valid"): "epochs are then chosen by text that was trained on: give --valid other",
    ("train", "test"): "the test figures are then of text that was trained on: give --test other",
    ("valid", "test"): "the test figures are then of text that epochs were chosen by: give --test "
    "or --valid other",
}


def sharing_problems(corpora: "Corpora") -> list[str]:
    """Say which splits share more than half of their sentences, as where they are one file.

    Splits that are carved from one file share none, but do with a file that was given beside it.

    Args:
        corpora: The splits.
    """
    problems = []
    for names in combinations(SPLITS, 2):
        one, other = sorted(names, key=lambda name: len(corpora.splits[name]))
        share = share_in_common(corpora.splits[one], corpora.splits[other])
        if share > _MANY:
            problems.append(
                f"{share:.0%} of the {one} sentences are in {other} too: {_WHY_NOT[names]} text"
            )
    return problems


def share_in_common(one: Corpus, other: Corpus) -> float:
    """Estimate which share of the smaller split's different sentences is in the other one too.

    The estimate is from at most 1,000 sentences of the smaller split, those with an unknown word
    left out, as many sentences have the same ids then. Of each split the first 500,000 sentences
    are looked through, half a second's work however large it is: of larger text the share is at
    least what is found, and all of it where both are one file.

    Args:
        one: A split.
        other: Another, with the same vocabulary.

    Example:
        >>> from unvanish.data import load_corpora
        >>> corpora = load_corpora(["a cat", "a dog", "a hen"], ["a cat", "a dog"], ["a cow"])
        >>> share_in_common(corpora.train, corpora.valid)
        1.0
    """
    smaller, larger = sorted((one, other), key=len)
    sample = spread_rows(min(len(smaller), _LOOKED_THROUGH), _SAMPLED)
    asked = set(_known(smaller, sample.tolist()))
    if not asked:
        return 0.0
    found = asked.intersection(_sentences(larger, range(min(len(larger), _LOOKED_THROUGH))))
    return len(found) / len(asked)


def _known(corpus: Corpus, places: Iterable[int]) -> Iterator[bytes]:
    """Give the sentences at some places, but for those with unknown words."""
    return _sentences(corpus, (place for place in places if UNK not in corpus[place]))


def _sentences(corpus: Corpus, places: Iterable[int]) -> Iterator[bytes]:
    """Give the ids of the sentences at some places as bytes."""
    content = corpus.tokens.view(np.uint8).data
    width = corpus.tokens.itemsize
    offsets = (corpus.offsets[: _LOOKED_THROUGH + 1] * width).tolist()
    for place in places:
        yield content[offsets[place] : offsets[place + 1]].tobytes()
