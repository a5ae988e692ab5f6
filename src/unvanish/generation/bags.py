"""Sentences as bags of words: which words, and how often, in no order."""

from collections import Counter
from collections.abc import Iterable

from ..data.vocabulary import BOS, EOS, PAD

__all__ = ["bag_of_words", "words_in_common"]


def bag_of_words(ids: Iterable[int]) -> Counter[int]:
    """Count the words of a sentence; padding, begin and end symbols are no words.

    Args:
        ids: Such as ``corpus[0]``, or a row of what was written as a list.

    Example:
        >>> bag_of_words([2, 7, 5, 7, 3, 0])
        Counter({7: 2, 5: 1})
    """
    counts = Counter(int(word) for word in ids)
    for symbol in (PAD, BOS, EOS):
        del counts[symbol]
    return counts


def words_in_common(one: Iterable[int], other: Iterable[int]) -> float:
    r"""Say how much two sentences share: 1 for the same words in any order, 0 for none.

    It is the Dice coefficient of the bags, the harmonic mean of the share of the first that is
    kept and the share of the second that was there:

    .. math:: \frac{2 \sum_w \min(n_w, m_w)}{\sum_w n_w + \sum_w m_w}

    where the word w stands n times in the one and m times in the other. Two empty sentences are
    the same.

    Args:
        one: Ids of a sentence.
        other: Ids of another.

    References:
        Dice, Measures of the Amount of Ecologic Association Between Species, Ecology 26, 1945.

    Example:
        >>> words_in_common([2, 4, 5, 6, 3], [2, 4, 5, 7, 8, 9, 3])
        0.5
    """
    a, b = bag_of_words(one), bag_of_words(other)
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 1.0
