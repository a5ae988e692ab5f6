import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Constant, Cyclical, Monotonic, Schedule

RAMP = Monotonic(8)


@pytest.mark.parametrize(
    "step",
    [
        3,
        3.0,
        Fraction(3),
        np.int8(3),
        np.uint64(3),
        np.float32(3),
        np.float64(3),
        torch.tensor(3),
        torch.tensor(3.0),
    ],
)
def test_numbers_give_a_float(step):
    assert type(RAMP(step)) is float
    assert RAMP(step) == 0.375


def test_between_steps_and_before_the_first():
    assert RAMP(0.5) == 0.0625
    assert RAMP(-3) == RAMP(-0.1) == RAMP(0) == 0.0
    assert RAMP(True) == 0.125


@pytest.mark.parametrize("step", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_numbers_must_be_finite(step):
    with pytest.raises(ValueError, match="step must be a finite number"):
        RAMP(step)


@pytest.mark.parametrize("step", [[1, 2], "3", None, Decimal(3), torch.arange(3), torch.ones(1)])
def test_others_are_refused(step):
    with pytest.raises(TypeError, match=r"schedule\.values\(n\).*tensor\.numpy\(\)"):
        RAMP(step)


def test_arrays_of_no_real_numbers_are_refused():
    with pytest.raises(TypeError, match="array of real numbers, got dtype complex128"):
        RAMP(np.array([1j]))


@given(st.from_type(Schedule))
def test_an_array_has_the_values_of_its_elements(schedule):
    steps = np.arange(-3, 320)
    expected = [schedule(int(step)) for step in steps]
    # cos and tanh of numpy and of math may differ in the last place.
    np.testing.assert_allclose(schedule(steps), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(schedule(steps + 0.0), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("given_type", "returned_type"),
    [
        ("int8", "float64"),
        ("uint8", "float64"),
        ("uint64", "float64"),
        ("int64", "float64"),
        ("bool", "float64"),
        ("float16", "float16"),
        ("float32", "float32"),
        ("float64", "float64"),
    ],
)
@pytest.mark.parametrize(
    "schedule",
    [
        Cyclical(8, 2),
        Cyclical(8, 2, 0.0),
        Cyclical(8, 2, 0.0, zero_ratio=0.5),
        Cyclical.every(4, 2, "sigmoid"),
        Monotonic(4, shape="cosine"),
        Monotonic(0),
        Constant(0.5),
        (Monotonic(4).shift(2) * 0.5).clamp(0.1, 0.4),
        Schedule.parse('{"name": "wave", "low": 0, "high": 1, "step_size": 3}'),
    ],
)
def test_types_of_arrays(schedule, given_type, returned_type):
    values = schedule(np.arange(2).astype(given_type))
    assert values.dtype == returned_type
    np.testing.assert_allclose(values.astype(float), schedule.values(2), atol=1e-3)


def test_small_integers_do_not_overflow():
    schedule = Cyclical(250, 7).shift(3)
    steps = np.arange(250, dtype=np.uint8)
    np.testing.assert_array_equal(schedule(steps), schedule.values(250))


def test_great_unsigned_steps_are_past_the_end():
    steps = np.array([3, 2**63 - 1, 2**63, 2**64 - 1], dtype=np.uint64)
    np.testing.assert_array_equal(RAMP(steps), [0.375, 1, 1, 1])
    np.testing.assert_array_equal(RAMP.shift(-1)(steps), [0.5, 1, 1, 1])


@given(st.integers(1, 3000), st.integers(1, 9), st.integers(0, 100), st.integers(0, 100))
def test_single_precision_holds_where_double_does(total, n_cycles, ratio, zero):
    zero = zero * (100 - ratio) // 100 / 100
    schedule = Cyclical(total, n_cycles, ratio / 100, start=0.1, zero_ratio=zero)
    steps = np.arange(total)
    exact, single = schedule(steps), schedule(steps.astype(np.float32))
    for end in (0.1, 1.0):
        np.testing.assert_array_equal(single[exact == end], np.float32(end))
    np.testing.assert_allclose(single, exact, atol=1e-4)


def test_shapes_and_missing_values_pass_through():
    grid = np.arange(6.0).reshape(2, 3)
    grid[1, 2] = math.nan
    values = Cyclical(6, 1)(grid)
    assert values.shape == (2, 3)
    assert math.isnan(values[1, 2])
    assert np.isfinite(values.ravel()[:5]).all()
    assert RAMP(np.array(3)) == 0.375
    assert RAMP(np.array([np.inf])) == 1.0
