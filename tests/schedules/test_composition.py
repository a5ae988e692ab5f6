import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Constant, Cyclical, Join, Monotonic, Schedule, Scheduler, Wave
from unvanish.schedules import Clamped, Scaled, Shifted

RAMP = Monotonic(4)


def test_by_hand():
    assert (RAMP * 0.5).values(5) == (0.5 * RAMP).values(5) == [0, 0.125, 0.25, 0.375, 0.5]
    assert RAMP.clamp(0.2, 0.6).values(5) == [0.2, 0.25, 0.5, 0.6, 0.6]
    assert RAMP.shift(2).values(5) == [0, 0, 0, 0.25, 0.5]
    assert RAMP.shift(-2).values(4) == [0.5, 0.75, 1, 1]
    assert (RAMP.shift(1) * 4).clamp(1, 3).values(5) == [1, 1, 1, 2, 3]


def test_operators_name_their_classes():
    assert Scaled(RAMP, 2.0) == RAMP * 2
    assert RAMP.clamp(0, 1) == Clamped(RAMP, 0.0, 1.0)
    assert RAMP.shift(3) == Shifted(RAMP, 3)
    assert np.float64(2) * RAMP == RAMP * np.float32(2) == RAMP * 2


@pytest.mark.parametrize("factor", [RAMP, "2", None, [2], np.ones(2)])
def test_only_numbers_multiply(factor):
    with pytest.raises(TypeError):
        RAMP * factor
    with pytest.raises(TypeError):
        factor * RAMP


@given(st.from_type(Schedule), st.floats(-9, 9), st.integers(0, 400))
def test_scaled_is_the_product(schedule, factor, step):
    assert (schedule * factor)(step) == factor * schedule(step)


@given(st.from_type(Schedule), st.floats(-9, 9), st.floats(0, 9), st.integers(0, 400))
def test_clamped_is_clamped(schedule, low, span, step):
    clamped = schedule.clamp(low, low + span)
    assert clamped(step) == min(max(schedule(step), low), low + span)


@given(st.from_type(Schedule), st.integers(-99, 99), st.integers(0, 400))
def test_shifted_is_moved(schedule, n, step):
    assert schedule.shift(n)(step) == schedule(max(step - n, 0))


def test_bind_reaches_the_inner_schedule():
    inner = Cyclical(n_cycles=2)
    assert (inner * 2).bind(8) == Cyclical(8, 2) * 2
    assert inner.clamp(0, 1).bind(8) == Cyclical(8, 2).clamp(0, 1)
    assert inner.shift(4).bind(12) == Cyclical(8, 2).shift(4)
    assert inner.shift(-4).bind(8) == Cyclical(8, 2).shift(-4)
    assert Monotonic(0.0).shift(9).bind(5) == Monotonic(0.0, 1).shift(9)


def test_final_and_horizon_follow():
    assert (RAMP * 3).final == 3.0
    assert RAMP.clamp(0, 0.7).final == 0.7
    assert RAMP.shift(5).final == 1.0
    wave = Wave(0.0, 1.0, 2)
    assert (wave * 2).final is wave.clamp(0, 1).final is wave.shift(1).final is None
    assert RAMP.shift(5).horizon == 13
    assert (Cyclical() * 2).horizon is Cyclical().clamp(0, 1).horizon is None
    assert Cyclical().shift(1).horizon is None


def test_a_run_of_another_length_ends_where_that_leaves_it():
    assert Cyclical(4).describe().endswith("; ends at 0.0")
    assert Cyclical(4).describe(steps=50).endswith("; ends at 1.0")
    assert Monotonic(1.0, total_steps=100).describe(steps=51).endswith("; ends at 0.5")
    assert Cyclical.every(4, 2).describe(steps=3).endswith("; each ends at 1.0")


def test_describe():
    assert (RAMP * 0.5).describe() == "0.5 x (ramp 4, then hold); ends at 0.5"
    assert RAMP.clamp(0, 0.5).describe().endswith("clamped to [0.0, 0.5]; ends at 0.5")
    assert Constant().shift(2000).describe() == "(constant 1.0) 2,000 steps later; ends at 1.0"
    assert Constant().shift(-1).describe() == "(constant 1.0) 1 step earlier; ends at 1.0"
    assert (Cyclical.every(4, 2) * 3).describe().endswith("hold 2); each ends at 3.0")
    assert (Cyclical() * 3).describe().endswith("then hold); the run's length is not known")
    assert Wave(0.0, 1.0, 2).shift(1).describe().endswith("2 down) 1 step later")


@given(st.from_type(Schedule))
def test_the_end_that_is_described_is_the_last_value(schedule):
    plan, _, end = schedule.describe().rpartition(" ends at ")
    if plan:
        assert float(end) == pytest.approx(schedule.values()[-1], rel=1e-5)
        assert "ends at" not in plan


def test_cycles_are_known_through_compositions():
    cycles = Cyclical(40, 4)
    assert cycles.cycle_ends(40) == (10, 20, 30, 40)
    assert (cycles * 0.5).clamp(0, 1).cycle_ends(40) == cycles.shift(0).cycle_ends(40)
    assert (cycles * 0.5).cycle_ends(40) == (10, 20, 30, 40)
    assert cycles.shift(3).cycle_ends(43) == (13, 23, 33, 43)
    assert cycles.shift(-12).cycle_ends(28) == (8, 18, 28)
    assert Cyclical(n_cycles=4).shift(3).cycle_ends(43) == (13, 23, 33, 43)
    assert Join([Constant(), cycles, RAMP], [5, 45]).cycle_ends(90) == (15, 25, 35, 45)
    assert Join([cycles, Cyclical(n_cycles=2)], [15]).cycle_ends(35) == (10, 15, 25, 35)
    for without in (RAMP, Constant(), Wave(0.0, 1.0, 2)):
        assert without.cycle_ends(40) == ()


def test_a_cycle_ends_with_its_schedule_or_where_the_run_cuts_it_off():
    assert Cyclical(40, 4).cycle_ends(25) == (10, 20, 25)
    assert Cyclical(40, 4).cycle_ends(100) == (10, 20, 30, 40)
    assert Cyclical(10, 4).cycle_ends(10) == (3, 6, 9, 10)
    assert Cyclical.every(10, 5).cycle_ends(25) == (10, 20, 25)
    assert Cyclical(40, 4).shift(50).cycle_ends(45) == ()
    assert Join([Constant(), Cyclical(40, 4)], [30]).cycle_ends(20) == ()


@pytest.mark.parametrize("steps", [0, -3, 25.0, "25", None])
def test_cycles_end_in_whole_steps_alone(steps):
    cycles = Cyclical(40, 4)
    for schedule in (cycles, cycles * 0.5, cycles.shift(3), Join([RAMP, cycles], [5]), RAMP):
        with pytest.raises(ValueError, match="steps must be a whole number >= 1"):
            schedule.cycle_ends(steps)
    assert cycles.cycle_ends(np.int64(25)) == (10, 20, 25)


CYCLES = st.builds(
    lambda n_cycles, shift: Cyclical(None, n_cycles, 1.0).shift(shift),
    st.integers(1, 6),
    st.integers(-15, 15),
)


@given(
    st.lists(st.one_of(CYCLES, st.just(Constant(0.5))), min_size=1, max_size=4),
    st.lists(st.integers(1, 40), min_size=3, max_size=3),
    st.integers(1, 160),
)
def test_cycles_of_a_join_are_those_of_its_parts_in_their_places(parts, lengths, steps):
    """Each part is asked alone, for as many steps as it is in charge."""
    starts = np.cumsum([0, *lengths])[: len(parts)].tolist()
    join = Join(parts, starts[1:]) if len(parts) > 1 else parts[0]
    expected = []
    for part, start, end in zip(parts, starts, [*starts[1:], steps], strict=True):
        long = min(end, steps) - start
        if long > 0:
            bound = part.with_total(end - start)
            expected += [start + end for end in bound.cycle_ends(long)]
    assert list(join.cycle_ends(steps)) == expected == sorted(set(expected))


@given(st.integers(1, 60), st.integers(1, 8), st.integers(-20, 20), st.integers(1, 90))
def test_cycles_end_where_beta_falls_back(total, n_cycles, shift, steps):
    """A ramp over the whole of every cycle falls where the next begins, and nowhere else."""
    schedule = Cyclical(total, n_cycles, 1.0, stop=0.5, offset=1).shift(shift)
    values = schedule.values(steps + 1)
    fallen = {step for step in range(1, steps) if values[step] < values[step - 1]}
    ends = schedule.cycle_ends(steps)
    assert list(ends) == sorted(set(ends))
    assert fallen <= set(ends) <= {*range(1, steps + 1)}
    assert len(set(ends) - fallen) <= 1 or -(-total // n_cycles) == 1


@pytest.mark.parametrize("number", [Scheduler(Constant(2.0)), Decimal(2)])
def test_what_only_looks_like_a_number_does_not_multiply(number):
    with pytest.raises(TypeError, match="unsupported operand"):
        RAMP * number
    with pytest.raises(TypeError, match="unsupported operand"):
        RAMP / number


@pytest.mark.parametrize("divisor", [8, 2.5, Fraction(1, 4), np.float32(3.0)])
def test_a_schedule_is_divided(divisor):
    expected = [value / float(divisor) for value in RAMP.values(6)]
    assert (RAMP / divisor).values(6) == pytest.approx(expected, rel=1e-15)
    with pytest.raises(ZeroDivisionError):
        RAMP / 0
    with pytest.raises(TypeError, match="unsupported operand"):
        1.0 / RAMP


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RAMP * math.nan, "factor must be a finite number, got nan"),
        (lambda: RAMP.clamp(1, 0), "low must be <= high=0.0, got 1.0"),
        (lambda: RAMP.clamp(0, math.inf), "high must be a finite number, got inf"),
        (lambda: RAMP.clamp(None, 1), "low must be a finite number, got None"),
        (lambda: RAMP.shift(1.5), "n must be a whole number, got 1.5"),
        (lambda: Scaled(0.5, 2), "schedule must be a Schedule, got 0.5"),
        (lambda: Clamped(None, 0, 1), "schedule must be a Schedule, got None"),
        (lambda: Shifted(abs, 1), "schedule must be a Schedule, got <built-in"),
    ],
)
def test_bad_values(make, message):
    with pytest.raises(ValueError, match=message):
        make()
