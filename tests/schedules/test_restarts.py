"""A learning rate that falls in every cycle, wherever the cycles are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Constant, Cyclical, Join, Monotonic
from unvanish.schedules.restarts import cosine_restarts


def cosine(share):
    return 0.5 * (1 + math.cos(math.pi * share))


def factors(schedule, steps, *given):
    factor = cosine_restarts(schedule, *given)
    return [factor(step) for step in range(steps)]


@given(st.integers(1, 6), st.integers(1, 9), st.floats(0, 1))
def test_it_falls_along_a_cosine_in_every_cycle(cycles, period, ratio):
    steps = cycles * period
    expected = pytest.approx([cosine(step % period / period) for step in range(steps)])
    beta = Cyclical(steps, cycles, ratio)
    assert factors(beta, steps) == expected
    assert factors((2 * beta).clamp(0, 0.5), steps) == expected
    assert factors(Cyclical(n_cycles=cycles), steps, steps) == expected


def test_without_cycles_it_falls_once():
    assert factors(Monotonic(3), 8, 8) == pytest.approx([cosine(step / 8) for step in range(8)])
    with pytest.raises(ValueError, match="has no cycles: give total_steps"):
        cosine_restarts(Monotonic(3))


@pytest.mark.parametrize("n", [-5, 0, 5])
def test_without_cycles_it_falls_once_over_the_run_wherever_a_ramp_begins(n):
    expected = pytest.approx([cosine(step / 20) for step in range(20)])
    assert factors(Monotonic(0.5).shift(n), 20, 20) == expected
    assert factors(Join([Constant(0.0), Monotonic(0.5)], [10]), 20, 20) == expected
    assert factors(Join([Constant(0.0), Monotonic(0.5)], [10]).shift(n), 20, 20) == expected


@pytest.mark.parametrize("length", [0, 12.5, "12"])
def test_a_length_that_is_none_is_refused(length):
    with pytest.raises(ValueError, match="total_steps must be a whole number >= 1"):
        cosine_restarts(Monotonic(3), length)


@pytest.mark.parametrize("n", [-2, 0, 3])
def test_cycles_that_begin_at_another_step_are_followed(n):
    beta, steps = Cyclical(8, 2).shift(n), 8 + n
    found = factors(beta, steps)
    assert found == pytest.approx([cosine(max(step - n, 0) % 4 / 4) for step in range(steps)])
    restarts = [step for step in range(1, steps) if beta(step) < beta(step - 1)]
    assert [step for step in range(1, steps) if found[step] > found[step - 1]] == restarts


def test_one_run_after_another_restarts_where_beta_does():
    longer = Join([Cyclical(8, 2), Cyclical(8, 2)], [8])
    assert factors(longer, 16) == pytest.approx([cosine(step % 4 / 4) for step in range(16)])
    assert factors(Join([Cyclical(n_cycles=2)] * 2, [8]), 16, 16) == factors(longer, 16)


def test_what_has_no_cycles_falls_once_while_it_is_in_charge():
    joined = Join([Constant(0.0), Cyclical(8, 2), Constant(1.0)], [4, 12])
    expected = [cosine(step % 4 / 4) for step in range(12)] + [cosine(k / 6) for k in range(6)]
    assert factors(joined, 18, 18) == pytest.approx(expected)
    with pytest.raises(ValueError, match="has no cycles: give total_steps"):
        cosine_restarts(joined)


def test_a_length_that_is_not_known_is_asked_for():
    with pytest.raises(ValueError, match="does not know the length of the run"):
        cosine_restarts(2 * Cyclical(n_cycles=3))
