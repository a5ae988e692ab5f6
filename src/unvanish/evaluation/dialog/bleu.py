r"""BLEU of a response against a reference, smoothed as the table of the paper has it.

With p_i the modified precision of n-grams of order i + 1, L the sample's length, and 1 / (i + 5 /
ln L) in place of a precision of 0,

.. math:: m_{-1} = p_0 + 1, \quad m_i = \tfrac13 (m_{i-1} + p_i + p_{i+1}), \quad
          \mathrm{BLEU}_n = \min(1, e^{1 - R / L}) \exp\left(\tfrac1n \sum_{i<n} \ln m_i\right)

where p is not smoothed for order 5 and R is the length of the reference. It is ``method7`` of
NLTK's ``SmoothingFunction``, which put other numbers in the place of 0 in later releases. It can be
above 1, and where all precisions are those of a poor match it is not small.

References:
    Papineni et al., BLEU: a Method for Automatic Evaluation of Machine Translation, ACL 2002.
    Chen and Cherry, A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU, WMT
    2014, https://aclanthology.org/W14-3346.
    https://github.com/nltk/nltk, nltk/translate/bleu_score.py, up to release 3.4.5.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

from ...config.errors import require
from ...extras import require_extra

__all__ = ["ORDERS", "BleuRule", "installed_nltk", "smoothed_bleu"]

ORDERS = 4
"""The longest n-grams that have a score of their own."""

BleuRule: TypeAlias = Literal["nltk-3.4", "installed"]

_K = 5
"""The constant of Chen and Cherry's fourth technique."""


def smoothed_bleu(
    sample: Sequence[str], reference: Sequence[str], rule: BleuRule = "nltk-3.4"
) -> tuple[float, ...]:
    """Give BLEU-1 to BLEU-4 of a sample.

    Args:
        sample: Words that were generated.
        reference: Words of a response that fits.
        rule: ``"nltk-3.4"`` is the rule of NLTK up to 3.4.5, with which the paper's numbers were
            made: a sample of one word cannot be scored and gets 0. ``"installed"`` asks the NLTK
            that is installed.

    Raises:
        UsageError: If there is no such rule.

    Example:
        >>> five = "that is what i thought".split()
        >>> [round(score, 3) for score in smoothed_bleu(five, five)]
        [1.333, 1.217, 1.154, 1.117]
        >>> smoothed_bleu(["yeah"], ["yeah"])
        (0.0, 0.0, 0.0, 0.0)
    """
    known = rule in ("nltk-3.4", "installed")
    require(known, "rule", rule, "give 'nltk-3.4' or 'installed'")
    if rule == "installed":
        return _of_installed(sample, reference)
    if len(sample) < 2:
        return (0.0,) * ORDERS
    precisions = [_precision(sample, reference, order) for order in range(1, ORDERS + 2)]
    if precisions[0] == 0:
        return (0.0,) * ORDERS
    places = enumerate(precisions[:ORDERS])
    filled = [p or 1 / (place + _K / math.log(len(sample))) for place, p in places]
    means = _neighbours([*filled, precisions[ORDERS]])
    brevity = min(1.0, math.exp(1 - len(reference) / len(sample)))
    logs = [math.log(mean) for mean in means]
    return tuple(brevity * math.exp(math.fsum(logs[:n]) / n) for n in range(1, ORDERS + 1))


def installed_nltk() -> str:
    """Give the release of NLTK that ``rule="installed"`` asks.

    Raises:
        ModuleNotFoundError: If there is none; it names the command that installs it.
    """
    require_extra(__name__, "eval", "nltk")
    import nltk

    return str(nltk.__version__)


def _precision(sample: Sequence[str], reference: Sequence[str], order: int) -> float:
    """Give the share of a sample's n-grams that the reference has, each as often as there."""
    found, wanted = _n_grams(sample, order), _n_grams(reference, order)
    return (found & wanted).total() / max(1, found.total())


def _n_grams(words: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[place:] for place in range(order)), strict=False))


def _neighbours(precisions: Sequence[float]) -> list[float]:
    """Mean every precision with the mean before it and the precision behind it."""
    means, before = [], precisions[0] + 1
    for here, behind in pairwise(precisions):
        before = (before + here + behind) / 3
        means.append(before)
    return means


def _of_installed(sample: Sequence[str], reference: Sequence[str]) -> tuple[float, ...]:
    """Ask NLTK; what it cannot score gets 0, as in the paper's code."""
    installed_nltk()
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    weights = [(1 / n,) * n + (0.0,) * (ORDERS - n) for n in range(1, ORDERS + 1)]
    smoothing = SmoothingFunction().method7
    try:
        scores = sentence_bleu([reference], sample, weights, smoothing_function=smoothing)
    except (ZeroDivisionError, ValueError):
        return (0.0,) * ORDERS
    return tuple(map(float, scores)) if isinstance(scores, list) else (0.0,) * ORDERS
