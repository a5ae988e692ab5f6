import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.evaluation.partners import partners


@given(st.lists(st.integers(1, 8), min_size=2, max_size=60), st.integers(0, 5))
def test_nobody_gets_itself_and_lengths_agree_where_they_can(lengths, seed):
    lengths = np.array(lengths)
    found = partners(lengths, seed=seed)
    for k, other in enumerate(found):
        assert other != k
        distances = np.abs(np.delete(lengths, k) - lengths[k])
        assert abs(lengths[other] - lengths[k]) == distances.min()


def test_within_a_length_everybody_is_taken_once():
    lengths = np.repeat([5, 7], [30, 40])
    found = partners(lengths, seed=3)
    assert sorted(found) == list(range(70))
    assert np.array_equal(lengths[found], lengths)


def test_who_is_taken_is_chance():
    """Over many seeds, each of the others about equally often."""
    found = [partners(np.full(5, 6), seed=seed)[0] for seed in range(2_000)]
    counts = np.bincount(found, minlength=5)
    assert counts[0] == 0
    assert counts[1:] == pytest.approx(np.full(4, 500), abs=100)


@pytest.mark.parametrize("n", [0, 1])
def test_one_sentence_has_no_partner(n):
    with pytest.raises(UsageError, match="give at least two"):
        partners(np.full(n, 5))
