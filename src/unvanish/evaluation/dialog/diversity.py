"""How different samples for one context are."""

from collections.abc import Sequence

from .bleu import ORDERS, installed_nltk

__all__ = ["distinct", "self_bleu"]


def distinct(sentences: Sequence[Sequence[str]], order: int) -> float:
    """Give the share of different n-grams among all n-grams of some sentences.

    Args:
        sentences: Words of each; all count together. Without an n-gram it is 0.
        order: Words in an n-gram.

    References:
        Li et al., A Diversity-Promoting Objective Function for Neural Conversation Models, NAACL
        2016, https://arxiv.org/abs/1510.03055, section 5.

    Example:
        >>> distinct([["oh", "yeah"], ["yeah", "yeah"]], 1)
        0.5
        >>> distinct([["oh", "yeah"], ["oh", "yeah"], ["no"]], 2)
        0.5
    """
    grams = [
        tuple(words[place : place + order])
        for words in sentences
        for place in range(len(words) - order + 1)
    ]
    return len(set(grams)) / len(grams) if grams else 0.0


def self_bleu(samples: Sequence[Sequence[str]]) -> float:
    """Give the mean BLEU of every sample with the others as its references: 1 if all are the same.

    A sample of fewer than four words is compared by n-grams that are no longer than itself, so that
    five times the same word is no diversity. Where a precision is 0, 0.1 matches are counted
    (``method1`` of NLTK's ``SmoothingFunction``). Samples without words are left out.

    Args:
        samples: Words of each sample for one context. Fewer than two have nothing in common: 0.

    References:
        Zhu et al., Texygen: A Benchmarking Platform for Text Generation Models, SIGIR 2018,
        https://arxiv.org/abs/1802.01886.

    Example:
        >>> self_bleu([["yeah"], ["yeah"], ["yeah"]])
        1.0
        >>> self_bleu([["oh", "i", "see"], ["yes", "we", "do"]])
        0.0
    """
    installed_nltk()
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    spoken = [list(words) for words in samples if words]
    if len(spoken) < 2:
        return 0.0
    smoothing = SmoothingFunction().method1
    scores = []
    for place, sample in enumerate(spoken):
        others = spoken[:place] + spoken[place + 1 :]
        orders = min(ORDERS, len(sample))
        weights = (1 / orders,) * orders
        score = sentence_bleu(others, sample, weights, smoothing_function=smoothing)
        scores.append(float(score))
    return sum(scores) / len(scores)
