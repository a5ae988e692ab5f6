import hashlib
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import Sentence, SyntheticText, carve, load_corpora
from unvanish.data.synthetic import FACTORS

SMALL = SyntheticText(topics=2, choices=2)


def test_probabilities_of_all_sentences_are_those_of_the_settings():
    """The whole distribution, written out: total, entropy, marginals and factors."""
    support = list(SMALL.support())
    texts = [text for _, text in support]
    assert len(set(texts)) == len(texts)
    logs = [SMALL.log_probability(text) for text in texts]
    assert math.fsum(map(math.exp, logs)) == pytest.approx(1)
    entropy = -math.fsum(math.exp(value) * value for value in logs)
    assert entropy == pytest.approx(SMALL.entropy)
    assert entropy == pytest.approx(SMALL.information + SMALL.noise_entropy)
    mass = Counter()
    for (factors, text), value in zip(support, logs, strict=True):
        assert SMALL.factors(text) == factors
        mass[factors] += math.exp(value)
    assert len(mass) == 2 * 2 * 3 * 2
    assert list(mass.values()) == pytest.approx([1 / 24] * 24)
    assert -sum(p * math.log(p) for p in mass.values()) == pytest.approx(SMALL.information)


def test_sentences_come_as_often_as_they_are_probable():
    text = SyntheticText(n=50_000, topics=1, choices=1, seed=3)
    counts = Counter(sentence.text for sentence in text.sentences())
    assert set(counts) == {written for _, written in text.support()}
    for written, count in counts.items():
        expected = text.n * math.exp(text.log_probability(written))
        assert abs(count - expected) < 5 * math.sqrt(expected)


def test_the_mean_cost_of_the_default_corpus_is_its_entropy():
    text = SyntheticText(n=4000)
    costs = [-text.log_probability(sentence.text) for sentence in text.sentences()]
    mean = sum(costs) / len(costs)
    deviation = math.sqrt(sum((cost - mean) ** 2 for cost in costs) / len(costs) / len(costs))
    assert deviation > 0
    assert abs(mean - text.entropy) < 4 * deviation


def test_independent_choices_are_independent():
    """Neither the mood nor the tense tells the topic, neither the first word the mood."""
    drawn = list(SyntheticText(n=40_000, seed=1).draw())
    pairs = [
        [(factors.topic, factors.mood) for factors, _ in drawn],
        [(factors.topic, factors.tense) for factors, _ in drawn],
        [(factors.number, factors.tense) for factors, _ in drawn],
        [(text.split()[0], factors.mood) for factors, text in drawn],
    ]
    for pair in pairs:
        assert mutual_information(pair) < 0.002
    seen = [(text.split()[-1], factors.tense) for factors, text in drawn]
    assert mutual_information(seen) > 0.1, "a dependence would be seen"


def mutual_information(pairs):
    n, both = len(pairs), Counter(pairs)
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    return sum(c / n * math.log(c * n / (left[a] * right[b])) for (a, b), c in both.items())


@given(st.integers(0, 2**32), st.integers(1, 8), st.integers(1, 6))
def test_every_sentence_tells_its_factors(seed, topics, choices):
    text = SyntheticText(n=5, topics=topics, choices=choices, seed=seed)
    drawn = list(text.draw())
    assert text.sentences() == [Sentence(written, factors.mood) for factors, written in drawn]
    for factors, written in drawn:
        assert text.factors(written) == factors
        assert 5 <= len(written.split()) <= 12
        assert math.isfinite(text.log_probability(written))
        assert factors.topic in FACTORS["topic"][:topics]


def test_the_seed_decides():
    first, again = SyntheticText(n=20, seed=5), SyntheticText(n=20, seed=5)
    assert first.sentences() == again.sentences() != SyntheticText(n=20, seed=6).sentences()
    assert SyntheticText(n=30, seed=5).sentences()[:20] == first.sentences()


def test_the_default_corpus_is_the_same_everywhere():
    lines = "\n".join(sentence.text for sentence in SyntheticText().sentences())
    known = "f55eff796d6bce1dc0a3ebc56a2b7fe066837ac1dfea634b7372ee46b4e846d9"
    assert hashlib.sha256(lines.encode()).hexdigest() == known


def test_without_noise_a_sentence_is_its_factors():
    text = SyntheticText(choices=1)
    assert text.noise_entropy == 0
    assert text.entropy == pytest.approx(math.log(8 * 2 * 3 * 2))
    assert len({sentence.text for sentence in text.sentences()}) == 96
    assert sum(text.factor_entropies.values()) == pytest.approx(text.information)


@pytest.mark.parametrize(
    "other",
    [
        "",
        "the soup",
        "the soups was quite lovely",
        "the soup was quite lovely tomorrow",
        "the soup was quite lovely yesterday yesterday",
        "the song in the kitchen was quite lovely",
        "the cat sat on the mat",
    ],
)
def test_other_sentences_are_impossible(other):
    text = SyntheticText()
    assert text.log_probability("the soup was quite lovely yesterday") > -math.inf
    assert text.log_probability(other) == -math.inf
    with pytest.raises(UsageError, match="no synthetic sentence"):
        text.factors(other)


def test_fewer_topics_and_choices_are_not_read_as_more():
    with pytest.raises(UsageError, match="no synthetic sentence"):
        SMALL.factors("the match was quite lovely")


def test_splits_are_like_drawn_anew():
    """Hardly a sentence is met twice, so carving by text takes a tenth each, labels and all."""
    text = SyntheticText()
    sentences = text.sentences()
    assert len({sentence.text for sentence in sentences}) > 0.99 * text.n
    splits = carve(sentences)
    for split, share in zip(splits, (0.8, 0.1, 0.1), strict=True):
        assert len(split) == pytest.approx(share * text.n, rel=0.1)
        costs = [-text.log_probability(sentence.text) for sentence in split[:900]]
        assert sum(costs) / len(costs) == pytest.approx(text.entropy, abs=0.15)
    corpora = load_corpora(sentences, name="synthetic")
    assert corpora.test.labels == tuple(sentence.label for sentence in splits.test)
    assert set(corpora.test.labels) == set(FACTORS["mood"])
    assert corpora.test.report.unknown_words == 0


@pytest.mark.parametrize("wrong", [{"n": 0}, {"topics": 9}, {"topics": 0}, {"choices": 7}])
def test_impossible_settings_are_told(wrong):
    with pytest.raises(UsageError, match="is not possible: give"):
        SyntheticText(**wrong)
