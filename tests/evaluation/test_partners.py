import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.evaluation.partners import partners

MANY_ALIKE = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 2)), min_size=2, max_size=60)
"""Lengths and, of each length, one of few sentences."""


def numbered(sentences):
    """Numbers of the sentences, and their lengths."""
    known = {sentence: k for k, sentence in enumerate(dict.fromkeys(sentences))}
    return np.array([known[each] for each in sentences]), np.array([each[0] for each in sentences])


@given(MANY_ALIKE, st.integers(0, 5))
def test_nobody_gets_itself_or_its_words_and_lengths_agree_where_they_can(sentences, seed):
    words, lengths = numbered(sentences)
    found = partners(words, lengths, seed=seed)
    for k, other in enumerate(found):
        assert other != k
        distances = np.abs(lengths[words != words[k]] - lengths[k])
        if len(distances):
            assert words[other] != words[k]
            assert abs(lengths[other] - lengths[k]) == distances.min()


@given(MANY_ALIKE, st.integers(0, 5))
def test_of_any_length_nobody_gets_itself_or_its_words(sentences, seed):
    words, _ = numbered(sentences)
    found = partners(words, seed=seed)
    assert (found != np.arange(len(words))).all()
    assert len(set(words)) == 1 or (words[found] != words).all()


@given(MANY_ALIKE, st.integers(0, 5))
def test_nobody_is_taken_more_often_than_need_be(sentences, seed):
    """Once; where more than half have the same words, the others share these evenly."""
    words, _ = numbered(sentences)
    times = np.bincount(partners(words, seed=seed), minlength=len(words))
    most = np.bincount(words).max()
    others = len(words) - most
    if others:
        assert times.max() == max(1, -(-most // others))


@given(MANY_ALIKE, st.integers(0, 5), st.permutations(range(15)))
def test_what_numbers_the_words_have_is_nothing(sentences, seed, numbers):
    words, lengths = numbered(sentences)
    renamed = np.array(numbers)[words]
    assert np.array_equal(partners(words, seed=seed), partners(renamed, seed=seed))
    expected = partners(words, lengths, seed=seed)
    assert np.array_equal(partners(renamed, lengths, seed=seed), expected)


def test_within_a_length_everybody_is_taken_once():
    lengths = np.repeat([5, 7], [30, 40])
    words = np.r_[np.arange(30), 30 + np.arange(40) // 2]
    found = partners(words, lengths, seed=3)
    assert sorted(found) == list(range(70))
    assert np.array_equal(lengths[found], lengths)


def test_of_any_length_lengths_are_mixed():
    """One circle for all: of two lengths, each gets the other about every second time."""
    found = partners(np.arange(2_000), seed=3)
    assert (found // 1_000 != np.arange(2_000) // 1_000).mean() == pytest.approx(0.5, abs=0.05)
    place, seen = 0, set()
    while place not in seen:
        seen.add(place)
        place = int(found[place])
    assert len(seen) == 2_000


@pytest.mark.parametrize("lengths", [None, np.full(5, 6)])
def test_who_is_taken_is_chance(lengths):
    """Over many seeds, each of the others about equally often."""
    found = [partners(np.arange(5), lengths, seed=seed)[0] for seed in range(2_000)]
    counts = np.bincount(found, minlength=5)
    assert counts[0] == 0
    assert counts[1:] == pytest.approx(np.full(4, 500), abs=100)


def test_who_of_those_with_other_words_is_taken_is_chance():
    words = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    found = [partners(words, seed=seed)[0] for seed in range(2_000)]
    counts = np.bincount(found, minlength=8)
    assert counts[:2].tolist() == [0, 0]
    assert counts[2:] == pytest.approx(np.full(6, 333), abs=80)


def test_the_two_choices_are_drawn_apart():
    """Where all have one length they would else be the same."""
    words = np.arange(100)
    of_its_length, of_any = partners(words, np.full(100, 6)), partners(words)
    assert (of_its_length == of_any).mean() < 0.1


@pytest.mark.parametrize("n", [0, 1])
def test_one_sentence_has_no_partner(n):
    with pytest.raises(UsageError, match="give at least two"):
        partners(np.arange(n), np.full(n, 5))
