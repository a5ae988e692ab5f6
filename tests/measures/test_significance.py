"""p-values against scipy, and Holm's adjustment against his definition and simulated tests."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.measures import holm, p_value, student_t_95, student_t_p_value, summarize

stats = pytest.importorskip("scipy.stats")


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 7, 8, 9, 30, 101, 1000])
@pytest.mark.parametrize("t", [0.0, 0.3, -1.0, 2.0, -4.3, 13.0, 215.0])
def test_it_is_the_tail_of_students_t(t, degrees):
    expected = 2 * stats.t.sf(abs(t), degrees)
    assert student_t_p_value(t, degrees) == pytest.approx(expected, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("degrees", range(1, 60))
def test_it_is_a_twentieth_where_the_interval_ends(degrees):
    assert student_t_p_value(student_t_95(degrees), degrees) == pytest.approx(0.05, abs=1e-5)


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=8), st.floats(-2, 2))
def test_it_is_that_of_scipys_test_of_one_sample(values, mean):
    if np.ptp(values) < 1e-3:
        return
    expected = stats.ttest_1samp(values, mean).pvalue
    assert p_value(summarize(values), mean=mean) == pytest.approx(expected, abs=1e-9)


def test_without_spread_only_the_very_mean_is_no_surprise():
    same = summarize([0.5, 0.5])
    assert (p_value(same, mean=0.5), p_value(same)) == (1.0, 0.5)
    assert p_value(summarize([3.0])) is None


def test_degrees_below_one_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        student_t_p_value(1.0, 0)


def test_four_by_hand():
    """4 * 0.005, 3 * 0.01, then 2 * 0.03 which 0.04 cannot go below."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.7, 0.8]) == [1.0, 1.0]
    assert holm([0.02]) == [0.02]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_it_is_the_closed_test_of_bonferroni(p_values):
    """Holm: a hypothesis falls if Bonferroni refutes every set of hypotheses that has it."""
    m = range(len(p_values))
    subsets = [s for size in m for s in itertools.combinations(m, size + 1)]
    closed = [
        max(min(1.0, len(s) * min(p_values[j] for j in s)) for s in subsets if k in s) for k in m
    ]
    assert holm(p_values) == pytest.approx(closed)


def test_of_twenty_that_are_nothing_one_is_called_something_in_a_twentieth_of_cases():
    p_values = np.random.default_rng(0).random((4_000, 20))
    alone, adjusted = (
        np.mean([min(change(row)) <= 0.05 for row in p_values.tolist()]) for change in (list, holm)
    )
    assert alone == pytest.approx(1 - 0.95**20, abs=0.03)
    assert adjusted == pytest.approx(0.05, abs=0.012)


def test_what_is_not_finite_is_no_evidence():
    for wild in (math.inf, -math.inf, math.nan):
        assert p_value(summarize([wild, 1.0, 2.0])) == 1.0
    with pytest.raises(ValueError, match="not a number"):
        student_t_p_value(math.nan, 2)
