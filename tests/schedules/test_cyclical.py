import math
import warnings
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from unvanish import Cyclical, Monotonic, ScheduleWarning
from unvanish.presets import preset


def paper(t, total, cycles, ratio, start=0, stop=1):
    """Eq. (6)-(7) with a linear f, transcribed: t = 1, ..., T, in exact arithmetic."""
    tau = Fraction((t - 1) % math.ceil(Fraction(total, cycles))) / Fraction(total, cycles)
    share = tau / ratio if tau <= ratio and ratio > 0 else Fraction(1)
    return start + (stop - start) * share


def test_by_hand():
    assert Cyclical(8, 2, 0.5).values() == [0, 0.5, 1, 1, 0, 0.5, 1, 1]
    assert Cyclical(8, 1, 1.0).values() == [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875]
    assert Cyclical(6, 2, 0.0).values() == [1] * 6
    assert Cyclical(4, 1, 0.5, start=2, stop=-2).values(6) == [2, 0, -2, -2, -2, -2]
    assert Cyclical(8, 1, 0.25, zero_ratio=0.5).values() == [0, 0, 0, 0, 0, 0.5, 1, 1]
    assert Cyclical(8, 2, 0.5, offset=1).values() == [0.5, 1, 1, 1, 0.5, 1, 1, 1]
    assert Cyclical(4, 1, 0.5, "cosine").values() == pytest.approx([0, 0.5, 1, 1])


def test_the_papers_own_numbers():
    schedule = Cyclical(40_000)
    assert schedule(0) == 0.0
    assert schedule(1) == pytest.approx(0.0002)
    assert schedule(4_999) < 1.0
    assert schedule(5_000) == schedule(9_999) == 1.0
    assert schedule(10_000) == 0.0


def test_formula_is_kept_where_it_ends_badly():
    assert Cyclical(10, 4).values() == pytest.approx([0, 0.8, 1, 0, 0.8, 1, 0, 0.8, 1, 0])
    assert Cyclical(9, 6).values() == [0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert max(Cyclical(40, 4, 1.0).values()) == pytest.approx(0.9)


@given(
    st.integers(1, 400),
    st.integers(1, 30),
    st.fractions(0, 1, max_denominator=60),
    st.tuples(st.integers(-3, 3), st.integers(-3, 3)),
)
def test_equals_the_paper_in_exact_arithmetic(total, cycles, ratio, ends):
    start, stop = ends
    schedule = Cyclical(total, cycles, float(ratio), start=start, stop=stop)
    for step in range(total):
        expected = paper(step + 1, total, cycles, ratio, start, stop)
        assert schedule(step) == pytest.approx(float(expected), abs=1e-9)
        if expected in (start, stop):
            assert schedule(step) == expected


def test_the_transcription_can_fail():
    wrong = Cyclical(100, 3, 0.5, offset=1)
    assert any(abs(wrong(i) - paper(i + 1, 100, 3, Fraction(1, 2))) > 1e-3 for i in range(100))


@given(st.from_type(Cyclical))
def test_stays_between_start_and_stop(schedule):
    low, high = sorted((schedule.start, schedule.stop))
    assert all(low <= value <= high for value in schedule.values())


@given(st.from_type(Cyclical))
def test_repeats_and_is_monotone_in_a_cycle(schedule):
    period, total = schedule.period, schedule.total_steps
    values = schedule.values()
    rising = schedule.stop >= schedule.start
    for i in range(1, total):
        if i >= period:
            assert values[i] == values[i - period]
        if i % period:
            assert values[i] >= values[i - 1] if rising else values[i] <= values[i - 1]


@given(st.from_type(Cyclical))
def test_holds_stop_past_the_end(schedule):
    total = schedule.total_steps
    assert {schedule(total), schedule(total + 1), schedule(10 * total)} == {schedule.stop}


@given(st.integers(1, 60), st.integers(1, 8), st.integers(0, 60), st.integers(0, 60))
def test_ends_of_a_ramp_are_exact(cycle, n_cycles, zero, ramp):
    assume(zero + ramp <= cycle)
    schedule = Cyclical(
        cycle * n_cycles,
        n_cycles,
        ramp / cycle,
        start=0.1,
        stop=0.7,
        zero_ratio=zero / cycle,
    )
    values = schedule.values(cycle)
    start = min(zero + (zero + ramp > 0), cycle)  # the step at tau = Z itself has `start` too
    assert values[:start] == [0.1] * start
    first_hold = max(zero + ramp, start)
    assert values[first_hold:] == [0.7] * (cycle - first_hold)
    assert schedule.first_hold == first_hold


@given(st.integers(1, 500), st.floats(0, 1))
def test_one_cycle_is_monotonic(total, ratio):
    assert Cyclical(total, 1, ratio).values() == Monotonic(ratio, total).values()


@given(st.integers(1, 500), st.integers(1, 9))
def test_ratio_zero_is_constant(total, cycles):
    assert set(Cyclical(total, cycles, 0.0, stop=0.3).values()) == {0.3}


def test_ratio_zero_after_a_wait_is_the_limit_of_short_ramps():
    at_once = Cyclical(8, 1, 0.0, zero_ratio=0.5)
    assert at_once.values() == [0, 0, 0, 0, 0, 1, 1, 1]
    assert at_once.values() == Cyclical(8, 1, 1e-9, zero_ratio=0.5).values()
    assert at_once.describe() == "1 cycle x 8 steps: wait 5, ramp 0, hold 3; ends at 1.0"


@given(st.from_type(Cyclical))
def test_the_first_hold_is_where_the_values_say(schedule):
    assume(schedule.start != schedule.stop)
    values = schedule.with_total(10**6).values(min(schedule.period, schedule.total_steps))
    held = [i for i, value in enumerate(values) if value == schedule.stop]
    assert held == list(range(schedule.first_hold, len(values)))


def test_every_needs_no_length():
    schedule = Cyclical.every(6, 2, start=0.5, stop=1.5, zero_steps=2)
    assert schedule.values(7) == [0.5, 0.5, 0.5, 1.0, 1.5, 1.5, 0.5]
    assert schedule(6_000_000_002) == 0.5
    assert schedule.period == 6
    assert schedule.with_total(6)(8) == 1.5


def test_from_epochs():
    assert Cyclical.from_epochs(40, 25, 10, 5) == Cyclical(1000, 4, 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        uneven = Cyclical.from_epochs(17, 10, cycle_epochs=10, warmup_epochs=4.5, start=0.1)
    assert uneven.total_steps == 170
    assert uneven.period == 100
    assert uneven(45) == uneven(145) == 1.0
    assert uneven(100) == 0.1
    with pytest.warns(ScheduleWarning, match="a run of 100 steps"):
        Cyclical.from_epochs(12, 10, cycle_epochs=10, warmup_epochs=5)


def test_cycles_of_a_part_of_an_epoch():
    assert Cyclical.from_epochs(3, 100, 0.75, 0.5) == Cyclical(300, 4, 0.5 / 0.75)
    assert Cyclical.from_epochs(7, 30, 0.7, 0.35) == Cyclical(210, 10, 0.5)  # 0.7 in binary
    with pytest.warns(ScheduleWarning, match="stops before a ramp has risen|stops inside a ramp"):
        dialog = Cyclical.from_epochs(10, 6864, 0.75, 0.5, offset=1)
    code = preset("fu2019-dialog-code")
    assert dialog.values() == code.values(10 * 6864)


def test_unbound_says_how_to_go_on():
    for ask in (lambda s: s(0), lambda s: s.period, lambda s: s.sparkline()):
        with pytest.raises(ValueError, match=r"bind\(total_steps\)"):
            ask(Cyclical())


def test_bind_keeps_what_is_given():
    assert Cyclical(n_cycles=2).bind(8) == Cyclical(8, n_cycles=2)
    bound = Cyclical(8, n_cycles=2)
    assert bound.bind(8) is bound
    assert bound.bind(4) is bound
    with pytest.warns(ScheduleWarning, match="20 steps is longer than the total_steps=8"):
        assert bound.bind(20) is bound


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"total_steps": 0}, "total_steps must be a whole number >= 1, got 0"),
        ({"total_steps": 10.0}, "total_steps must be a whole number >= 1, got 10.0: write 10$"),
        ({"total_steps": 1e5}, "got 100000.0: write 100000$"),
        ({"total_steps": 0.0}, "got 0.0$"),
        ({"total_steps": math.inf}, "got inf$"),
        ({"n_cycles": 0}, "n_cycles must be a whole number >= 1, got 0"),
        ({"n_cycles": 2.5}, "n_cycles must be a whole number >= 1, got 2.5"),
        ({"n_cycles": None}, "n_cycles must be a whole number >= 1, got None"),
        ({"ratio": 1.1}, r"ratio must be in \[0, 1\], got 1.1"),
        ({"ratio": -0.1}, r"ratio must be in \[0, 1\], got -0.1"),
        ({"ratio": math.nan}, r"ratio must be in \[0, 1\], got nan"),
        ({"ratio": "half"}, r"ratio must be in \[0, 1\], got 'half'"),
        ({"ratio": "0.5"}, r"ratio must be in \[0, 1\], got '0.5'"),
        ({"zero_ratio": 2}, r"zero_ratio must be in \[0, 1\], got 2"),
        ({"zero_ratio": 0.6}, r"zero_ratio \+ ratio must be <= 1, got 0.6 \+ 0.5"),
        ({"start": math.inf}, "start must be a finite number, got inf"),
        ({"stop": None}, "stop must be a finite number, got None"),
        ({"offset": -1}, "offset must be a whole number >= 0, got -1"),
        ({"shape": "cosin"}, "unknown shape 'cosin': did you mean 'cosine'?"),
        ({"shape": 3}, "unknown shape 3"),
        ({"shape": math.sin}, r"register_shape\(name, f\)"),
        ({"cycle_steps": 10}, "n_cycles must be None where cycle_steps is given, got 4"),
        ({"cycle_steps": 0, "n_cycles": None}, "cycle_steps must be a whole number >= 1, got 0"),
    ],
)
def test_bad_values(arguments, message):
    with pytest.raises(ValueError, match=message):
        Cyclical(**arguments)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Cyclical.every(0, 0), "cycle_steps must be a whole number >= 1, got 0"),
        (lambda: Cyclical.every(5, -1), "ramp_steps must be a whole number >= 0, got -1"),
        (lambda: Cyclical.every(5, 3, zero_steps=3), r"got 3 \+ 3"),
        (lambda: Cyclical.from_epochs(0, 1, 1, 1), "epochs must be a whole number >= 1"),
        (lambda: Cyclical.from_epochs(4, 0, 1, 1), "steps_per_epoch must be a whole number >= 1"),
        (lambda: Cyclical.from_epochs(4, 8, 0, 1), "cycle_epochs must be at least 1/8, got 0"),
        (lambda: Cyclical.from_epochs(4, 8, -1, 1), "cycle_epochs must be at least 1/8, got -1"),
        (lambda: Cyclical.from_epochs(4, 8, "1", 1), "cycle_epochs must be a finite number"),
        (lambda: Cyclical.from_epochs(4, 1, 2, 3), r"warmup_epochs must be in \[0, 2\], got 3"),
        (lambda: Cyclical().bind(0), "total_steps must be a whole number >= 1, got 0"),
    ],
)
def test_bad_values_of_constructors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("schedule", "plan"),
    [
        (Cyclical(40_000), "4 cycles x 10,000 steps: ramp 5,000, hold 5,000; ends at 1.0"),
        (Cyclical(10), "4 cycles x 3 steps, the last cut to 1: ramp 2, hold 1; ends at 0.0"),
        (
            Cyclical(8, 1, 0.25, "cosine", start=0.1, zero_ratio=0.25),
            "1 cycle x 8 steps: wait 2, cosine ramp from 0.1 over 2, hold 4; ends at 1.0",
        ),
        (Cyclical.every(10, 4), "cycles x 10 steps: ramp 4, hold 6; each ends at 1.0"),
        (
            Cyclical.every(10, 4).with_total(20),
            "2 cycles x 10 steps: ramp 4, hold 6; ends at 1.0",
        ),
        (
            Cyclical(),
            "4 equal cycles: ramp 0.5 of each, then hold; the run's length is not known",
        ),
        (
            Cyclical(zero_ratio=0.2),
            "4 equal cycles: wait 0.2, ramp 0.5 of each, then hold; the run's length is not known",
        ),
    ],
)
def test_describe(schedule, plan):
    assert schedule.describe() == plan


@given(st.from_type(Cyclical))
def test_described_phases_are_true(schedule):
    assume(schedule.start != schedule.stop and schedule.total_steps >= schedule.period)
    plan = schedule.describe()
    held = int(plan.partition("hold ")[2].partition(";")[0].replace(",", ""))
    assert held == schedule.values(schedule.period).count(schedule.stop)
