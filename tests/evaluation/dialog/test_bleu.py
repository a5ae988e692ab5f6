"""Against worked examples, NLTK as installed, and the sums of one example done by hand."""

import math
import random

import nltk
import pytest
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

from unvanish.config import UsageError
from unvanish.evaluation.dialog import installed_nltk, smoothed_bleu

# reference, sample, BLEU-4 of NLTK up to 3.4.5, of 3.6 and later
EXAMPLES = [
    ("yeah", "yeah", 0.0, 0.192),
    ("yeah that ' s right", "i ' m not sure", 0.271, 0.121),
    ("that is what i thought", "that is what i thought", 1.117, 1.117),
    ("oh really now", "oh really then", 0.369, 0.320),
]


@pytest.mark.parametrize(("reference", "sample", "then", "now"), EXAMPLES)
def test_examples(reference, sample, then, now):
    words = sample.split(), reference.split()
    assert smoothed_bleu(*words)[3] == pytest.approx(then, abs=5e-4)
    assert smoothed_bleu(*words, rule="installed")[3] == pytest.approx(now, abs=5e-4)


def test_by_hand():
    """Two of three words, one of two pairs; no three, no four, no five in a row."""
    p = [2 / 3, 1 / 2, 1 / (2 + 5 / math.log(3)), 1 / (3 + 5 / math.log(3)), 0]
    m, means = p[0] + 1, []
    for i in range(4):
        m = (m + p[i] + p[i + 1]) / 3
        means.append(m)
    brevity = math.exp(1 - 4 / 3)
    expected = [
        brevity * means[0],
        brevity * math.sqrt(means[0] * means[1]),
        brevity * math.prod(means[:3]) ** (1 / 3),
        brevity * math.prod(means) ** (1 / 4),
    ]
    found = smoothed_bleu(["oh", "really", "then"], ["oh", "really", "now", "dear"])
    assert found == pytest.approx(expected)


def test_the_rules_agree_where_nothing_is_zero():
    """Samples that hold five words of the reference in a row have no precision of 0."""
    source = random.Random(1)
    for _ in range(20):
        reference = [source.choice("abcdefg") for _ in range(8)]
        sample = reference[1:7] + [source.choice("abcdefg") for _ in range(source.randrange(3))]
        expected = smoothed_bleu(sample, reference, rule="installed")
        assert smoothed_bleu(sample, reference) == pytest.approx(expected)


@pytest.mark.parametrize("rule", ["nltk-3.4", "installed"])
@pytest.mark.parametrize("sample", [[], ["no"], ["no", "no"]])
def test_nothing_in_common_is_0(rule, sample):
    assert smoothed_bleu(sample, ["oh", "yes"], rule) == (0.0,) * 4


def test_installed_is_nltk():
    sample, reference = ["i", "do", "not", "know", "that"], ["i", "do", "know", "that", "place"]
    for n, score in enumerate(smoothed_bleu(sample, reference, "installed"), start=1):
        weights = (1 / n,) * n + (0.0,) * (4 - n)
        method = SmoothingFunction().method7
        alone = sentence_bleu([reference], sample, weights, smoothing_function=method)
        assert score == pytest.approx(alone)
    assert installed_nltk() == nltk.__version__
    with pytest.raises(UsageError, match="rule='other'"):
        smoothed_bleu(sample, reference, "other")
