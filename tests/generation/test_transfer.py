import math
import sys
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import BOS, EOS, PAD, Corpus, Sentence, Vocabulary
from unvanish.generation import (
    bag_of_words,
    train_classifier,
    transfer_accuracy,
    words_in_common,
)

COMMON = [f"w{n}" for n in range(20)]
MARKS = {"good": ["fine", "nice"], "bad": ["poor", "awful"]}
VOCABULARY = Vocabulary((*COMMON, *MARKS["good"], *MARKS["bad"]))
ids = st.lists(st.integers(4, 12), max_size=8)


def make_corpus(n, seed=0, share_good=0.5, truthful=1.0, vocabulary=VOCABULARY):
    """Sentences of common words and one that tells the label, or the other with some chance."""
    rng = np.random.default_rng(seed)
    sentences = []
    for _ in range(n):
        label = "good" if rng.random() < share_good else "bad"
        shown = label if rng.random() < truthful else {"good": "bad", "bad": "good"}[label]
        words = [*rng.choice(COMMON, 5), rng.choice(MARKS[shown])]
        sentences.append(Sentence(" ".join(rng.permutation(words)), label))
    return Corpus.from_sentences(sentences, vocabulary)


def sentences_of(corpus, label):
    return [
        row.tolist()
        for row, its in zip((corpus[k] for k in range(len(corpus))), corpus.labels, strict=True)
        if its == label
    ]


def swapped(sentences):
    """The same sentences with the word that tells the label replaced."""
    there = VOCABULARY.encode([*MARKS["bad"], *MARKS["good"]])[1:-1]
    other = dict(zip(there[:2], there[2:], strict=True))
    return [[other.get(word, word) for word in ids] for ids in sentences]


def test_edits_that_swap_the_telling_word_transfer_and_keep_the_rest():
    held_out = make_corpus(200, seed=1)
    sources = sentences_of(held_out, "bad")
    found = transfer_accuracy(make_corpus(400), held_out, sources, swapped(sources), "good")
    assert found.classifier_accuracy == 1
    assert (found.before, found.accuracy) == (0, 1)
    assert found.words_in_common == pytest.approx(5 / 6)
    assert 0.4 < found.commonest_label < 0.6
    assert (found.n_edited, found.n_held_out) == (len(sources), 200)


@pytest.mark.parametrize("share_good", [0.1, 0.9])
def test_the_base_line_is_the_share_of_the_label_that_most_held_out_sentences_have(share_good):
    """Whatever most sentences of the training have."""
    train, held_out = make_corpus(400, share_good=0.2), make_corpus(200, 1, share_good)
    rows = sentences_of(held_out, "bad")
    found = transfer_accuracy(train, held_out, rows, rows, "good")
    n_bad = held_out.labels.count("bad")
    assert found.commonest_label == max(n_bad, 200 - n_bad) / 200 > 0.8


def wilson(share, n):
    """Wilson's interval (1927) as he wrote it down."""
    z = NormalDist().inv_cdf(0.975)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


@pytest.mark.parametrize(("n_edited", "n_held_out"), [(1, 5), (7, 40), (60, 150)])
def test_shares_have_wilsons_intervals(n_edited, n_held_out):
    train = make_corpus(300)
    held_out = make_corpus(n_held_out, seed=1, truthful=0.8)
    sources = [row.tolist() for row in make_corpus(n_edited, seed=2, truthful=0.8)]
    found = transfer_accuracy(train, held_out, sources, swapped(sources), "good")
    for share, interval, n in (
        (found.accuracy, found.accuracy_interval, n_edited),
        (found.before, found.before_interval, n_edited),
        (found.classifier_accuracy, found.classifier_interval, n_held_out),
    ):
        assert interval == pytest.approx(wilson(share, n))
        assert 0 <= interval[0] <= share <= interval[1] <= 1
        assert interval[1] - interval[0] > 0


def test_edits_that_change_nothing_transfer_nothing():
    held_out = make_corpus(200, seed=1)
    sources = sentences_of(held_out, "bad")
    found = transfer_accuracy(make_corpus(400), held_out, sources, sources, "good")
    assert found.accuracy == found.before == 0
    assert found.words_in_common == 1


def test_where_words_do_not_tell_the_label_the_classifier_says_so():
    train = make_corpus(2000, truthful=0.5, share_good=0.8)
    held_out = make_corpus(2000, seed=1, truthful=0.5, share_good=0.8)
    sources = sentences_of(held_out, "bad")
    found = transfer_accuracy(train, held_out, sources, swapped(sources), "good")
    assert found.classifier_accuracy <= found.commonest_label + 0.02
    assert found.commonest_label == pytest.approx(0.8, abs=0.03)
    assert found.accuracy == pytest.approx(found.before, abs=0.05)


def test_guesses_do_not_depend_on_order_or_padding():
    classifier = train_classifier(make_corpus(300))
    rows = sentences_of(make_corpus(20, seed=2), "good")
    guesses = classifier.predict(rows)
    padded = [[*row, EOS, EOS, PAD] for row in rows]
    turned = [[BOS, *reversed(row[1:-1]), EOS] for row in rows]
    assert guesses == classifier.predict(padded) == classifier.predict(turned)
    assert set(guesses) == {"good"}
    assert classifier.predict([]) == []


def test_sentences_without_a_label_are_left_out():
    corpus = make_corpus(300)
    nameless = [Sentence("w1 w2 fine") for _ in range(50)]
    labelled = [
        Sentence(" ".join(VOCABULARY.decode(corpus[k])), corpus.labels[k]) for k in range(300)
    ]
    mixed = Corpus.from_sentences([*nameless, *labelled], VOCABULARY)
    one, other = (train_classifier(each) for each in (corpus, mixed))
    np.testing.assert_allclose(one.fitted.coef_, other.fitted.coef_, atol=1e-4)
    assert other.accuracy(mixed) == one.accuracy(corpus)


@given(ids, ids)
def test_words_in_common_are_counted_as_a_loop_counts_them(one, other):
    left, shared = list(other), 0
    for word in one:
        if word in left:
            left.remove(word)
            shared += 1
    expected = 2 * shared / (len(one) + len(other)) if one or other else 1
    assert words_in_common([BOS, *one, EOS, PAD], [BOS, *other, EOS]) == pytest.approx(expected)
    assert words_in_common(one, other) == words_in_common(other, one)
    assert words_in_common(one, sorted(one)) == 1


def test_a_bag_takes_arrays():
    assert bag_of_words(np.array([BOS, 5, 5, 4, EOS], dtype=np.int32)) == {5: 2, 4: 1}


def test_what_cannot_be_judged_is_told():
    corpus = make_corpus(50)
    rows = sentences_of(corpus, "bad")
    nameless = Corpus.from_sentences([Sentence("w1")], VOCABULARY)
    alike = Corpus.from_sentences([Sentence("w1", "good")] * 3, VOCABULARY)
    with pytest.raises(UsageError, match="no edited sentences"):
        transfer_accuracy(corpus, corpus, [], [], "good")
    with pytest.raises(UsageError, match="'fine'; there are 'bad', 'good'"):
        transfer_accuracy(corpus, corpus, rows, rows, "fine")
    with pytest.raises(UsageError, match="have no labels"):
        transfer_accuracy(corpus, nameless, rows, rows, "good")
    with pytest.raises(UsageError, match="all labelled sentences are 'good'"):
        transfer_accuracy(alike, corpus, rows, rows, "good")
    with pytest.raises(ValueError, match="1 sources of 2"):
        transfer_accuracy(corpus, corpus, rows[:1], rows[:2], "good")
    other = make_corpus(50, vocabulary=Vocabulary(tuple(COMMON)))
    with pytest.raises(ValueError, match="different vocabularies"):
        transfer_accuracy(corpus, other, rows, rows, "good")


def test_a_missing_scikit_learn_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(UsageError, match=r"pip install '\.\[eval\]'"):
        train_classifier(make_corpus(10))
