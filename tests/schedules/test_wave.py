import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Wave


def smith(step, low, high, step_size):
    """The triangular policy of Smith (2017), transcribed."""
    cycle = math.floor(1 + step / (2 * step_size))
    x = abs(step / step_size - 2 * cycle + 1)
    return low + (high - low) * max(0, 1 - x)


def test_by_hand():
    assert Wave(0.0, 1.0, 2).values(9) == [0, 0.5, 1, 0.5, 0, 0.5, 1, 0.5, 0]
    assert Wave(1.0, 3.0, 2, "cosine").values(5) == pytest.approx([1, 2, 3, 2, 1])


@given(st.integers(0, 5000), st.floats(-5, 5), st.floats(0, 5), st.integers(1, 300))
def test_equals_smith(step, low, span, step_size):
    wave = Wave(low, low + span, step_size)
    assert wave(step) == pytest.approx(smith(step, low, low + span, step_size), abs=1e-9)


@given(st.from_type(Wave), st.integers(0, 2000))
def test_bounds_period_and_symmetry(wave, step):
    assert wave.low <= wave(step) <= wave.high
    assert wave(step) == wave(step + 2 * wave.step_size)
    turn = 2 * wave.step_size * (step // (2 * wave.step_size) + 1)
    assert wave(turn - step % (2 * wave.step_size)) == pytest.approx(wave(step))
    assert wave(0) == wave.low
    assert wave(wave.step_size) == wave.high


def test_has_no_end():
    wave = Wave(0.0, 1.0, 5)
    assert wave.bind(3) is wave
    assert wave.final is None
    assert wave.describe() == "triangular wave from 0.0 to 1.0 and back: 5 steps up, 5 down"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.0, 0.0, 5), "low must be <= high=0.0, got 1.0"),
        ((0.0, 1.0, 0), "step_size must be a whole number >= 1, got 0"),
        ((math.nan, 1.0, 5), "low must be a finite number, got nan"),
        ((0.0, math.inf, 5), "high must be a finite number, got inf"),
        ((0.0, 1.0, 5, "sine"), "unknown shape 'sine': did you mean 'cosine'?"),
        ((0.0, 1.0, 5, ["cosine"]), "unknown shape"),
    ],
)
def test_bad_values(arguments, message):
    with pytest.raises(ValueError, match=message):
        Wave(*arguments)
