import inspect
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Constant, Monotonic, ScheduleWarning, compat

CYCLES = [compat.frange_cycle_linear, compat.frange_cycle_sigmoid, compat.frange_cycle_cosine]


def original(n_iter, start, stop, n_cycle, ratio, ratio_zero=0.0):
    """The helper as published, adding up its way; right where n_cycle divides n_iter."""
    values = [stop] * n_iter
    period = n_iter / n_cycle
    step = (stop - start) / (period * ratio)
    for c in range(n_cycle):
        value, i = start, 0
        while value <= stop and int(i + c * period) < n_iter:
            if i < period * ratio_zero:
                values[int(i + c * period)] = start
            else:
                values[int(i + c * period)] = value
                value += step
            i += 1
    return values


def parameters(function):
    return [(p.name, p.default) for p in inspect.signature(function).parameters.values()]


def test_signatures_are_the_well_known_ones():
    plain = [("start", 0.0), ("stop", 1.0), ("n_cycle", 4)]
    for function in CYCLES:
        assert parameters(function)[1:] == [*plain, ("ratio", 0.5)]
    ratios = [("ratio_increase", 0.5), ("ratio_zero", 0.3)]
    assert parameters(compat.frange_cycle_zero_linear)[1:] == plain + ratios


@pytest.mark.parametrize(
    ("n_iter", "start", "stop", "n_cycle", "ratio"),
    [(40_000, 0.0, 1.0, 4, 0.5), (40_000, 0.0, 1.0, 1, 0.25), (64, 0.5, 2.0, 2, 0.25)],
)
def test_linear_equals_the_original_where_that_is_right(n_iter, start, stop, n_cycle, ratio):
    values = compat.frange_cycle_linear(n_iter, start, stop, n_cycle, ratio)
    assert values == pytest.approx(original(n_iter, start, stop, n_cycle, ratio), abs=1e-9)


def test_zero_linear_equals_the_original_where_that_is_right():
    values = compat.frange_cycle_zero_linear(800, 0.0, 1.0, 2, 0.25, 0.5)
    assert values == pytest.approx(original(800, 0.0, 1.0, 2, 0.25, 0.5), abs=1e-9)


def test_the_defects_are_repaired():
    assert max(compat.frange_cycle_linear(40, stop=0.5)) == 0.5
    for function in CYCLES:
        values = function(40, start=0.2, stop=0.7)
        assert (values[0], values[5], values[-1]) == (0.2, 0.7, 0.7)
        with pytest.warns(ScheduleWarning, match="peaks at"):
            assert len(function(40_000, ratio=1.0)) == 40_000
    values = compat.frange_cycle_linear(100, n_cycle=3)
    assert [i for i, value in enumerate(values) if value == 0] == [0, 34, 68]


def test_bad_endings_warn_the_caller():
    with pytest.warns(ScheduleWarning, match="a run of 12 steps, or n_cycles=5") as caught:
        compat.frange_cycle_linear(10)
    assert caught[0].filename == __file__


@given(st.integers(1, 50), st.integers(1, 6), st.integers(1, 50))
def test_shapes_stay_in_bounds(ramp, n_cycle, hold):
    n_iter = n_cycle * (ramp + hold)
    for function in CYCLES:
        values = function(n_iter, 0.1, 0.9, n_cycle, ramp / (ramp + hold))
        assert len(values) == n_iter
        assert min(values) == values[0] == 0.1
        assert max(values) == values[-1] == 0.9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_iter": 0}, "n_iter must be a whole number >= 1, got 0"),
        ({"n_iter": 10, "n_cycle": 0}, "n_cycle must be a whole number >= 1, got 0"),
        ({"n_iter": 10, "ratio": 2}, r"ratio must be in \[0, 1\], got 2"),
        ({"n_iter": 10, "start": math.nan}, "start must be a finite number, got nan"),
    ],
)
def test_bad_values(arguments, message):
    for function in CYCLES:
        with pytest.raises(ValueError, match=message):
            function(**arguments)


def test_bad_ratios():
    with pytest.raises(ValueError, match=r"ratio_increase must be in \[0, 1\], got 2"):
        compat.frange_cycle_zero_linear(10, ratio_increase=2)
    with pytest.raises(ValueError, match=r"ratio_zero must be in \[0, 1\], got -1"):
        compat.frange_cycle_zero_linear(10, ratio_zero=-1)
    with pytest.raises(
        ValueError, match=r"ratio_zero \+ ratio_increase must be <= 1, got 0\.6 \+ 0\.6"
    ):
        compat.frange_cycle_zero_linear(10, ratio_increase=0.6, ratio_zero=0.6)


def scvi(step, epoch, n_epochs, n_steps, low, high):
    """The rule of scvi-tools: epochs first, then steps, else the maximum."""
    if n_epochs:
        return low + (high - low) * epoch / n_epochs if epoch < n_epochs else high
    if n_steps:
        return low + (high - low) * step / n_steps if step < n_steps else high
    return high


@given(
    st.none() | st.integers(0, 20),
    st.none() | st.integers(0, 60),
    st.floats(0, 0.5),
    st.floats(0.5, 2),
    st.integers(1, 9),
)
def test_from_kl_warmup_equals_scvi_at_the_start_of_every_epoch(epochs, steps, low, high, length):
    schedule = compat.from_kl_warmup(epochs, steps, low, high, steps_per_epoch=length)
    for epoch in range(25):
        expected = scvi(epoch * length, epoch, epochs, steps, low, high)
        assert schedule(epoch * length) == pytest.approx(expected)


def test_from_kl_warmup_is_a_plain_schedule():
    assert compat.from_kl_warmup() == Constant(1.0)
    assert compat.from_kl_warmup(n_steps_kl_warmup=9) == Monotonic(9)
    assert compat.from_kl_warmup(3, 9, steps_per_epoch=5) == Monotonic(15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_kl_weight": 2.0}, r"min_kl_weight must be <= max_kl_weight=1\.0, got 2\.0"),
        ({"max_kl_weight": math.inf}, "max_kl_weight must be a finite number, got inf"),
        ({"n_epochs_kl_warmup": 3}, "steps_per_epoch must be given for a warm-up in epochs"),
        ({"n_epochs_kl_warmup": -3, "steps_per_epoch": 1}, "n_epochs_kl_warmup must be a whole"),
        ({"n_epochs_kl_warmup": 3, "steps_per_epoch": 0}, "steps_per_epoch must be a whole"),
        ({"n_steps_kl_warmup": 1.5}, r"n_steps_kl_warmup must be a whole number >= 0, got 1\.5"),
    ],
)
def test_from_kl_warmup_bad_values(arguments, message):
    with pytest.raises(ValueError, match=message):
        compat.from_kl_warmup(**arguments)
