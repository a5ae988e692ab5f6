import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Constant, Cyclical, Join, Monotonic, ScheduleWarning, Wave
from unvanish.schedules.endings import nearest


def warning_of(schedule, total_steps):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        schedule.bind(total_steps)
    assert len(caught) <= 1
    return str(caught[0].message) if caught else None


@pytest.mark.parametrize(
    ("schedule", "total", "facts", "remedy"),
    [
        (Cyclical(n_cycles=4), 10, "ends at 0.0, not at 1.0: n_cycles=4 gives 4", "n_cycles=5"),
        (Cyclical(n_cycles=6), 9, "n_cycles=6 gives 5 cycles x 2 steps", "n_cycles=3"),
        (Cyclical(ratio=1.0), 40, "peaks at 0.9, not at 1.0", "ratio=0.9"),
        (Cyclical(n_cycles=4), 10, "4 cycles x 3 steps, the last cut to 1", "n_cycles=5"),
        (Cyclical(ratio=0.9), 10, "peaks at 0.888889 and ends at 0.0", "n_cycles=1"),
        (Cyclical(n_cycles=5), 8, "fewer cycles than asked for: n_cycles=5 gives 4", "n_cycles=4"),
        (Cyclical(40), 4, "ends at 0.6", "total_steps=4, n_cycles=2"),
        (Cyclical(40), 12, "ends at 0.2", "total_steps=12"),
        (Cyclical(40), 10, "", None),
        (Cyclical(20), 10, "ends at 1.0", None),
        (Cyclical(), 1, "peaks at 0.0", "ratio=0.0"),
        (Cyclical(n_cycles=1, zero_ratio=0.5), 1, "", "zero_ratio=0.0, ratio=0.0"),
        (Cyclical.every(10, 5), 23, "ends at 0.4", "a run of 20 steps"),
        (Cyclical.every(10, 5), 24, "ends at 0.6", "a run of 26 steps"),
        (Cyclical.every(10, 10), 20, "peaks at 0.9", "ratio=0.9"),
        (Monotonic(100), 50, "ends at 0.49 and never reaches stop=1.0: warmup=100", "warmup=49"),
        (Monotonic(1.0), 50, "ends at 0.98", "warmup=0.98"),
        (Monotonic(0.5, 100), 40, "ends at 0.78", "total_steps=40"),
        (0.5 * Monotonic(100), 50, "never reaches", "warmup=49"),
        (Monotonic(50).shift(20), 60, "ends at 0.78", "warmup=39"),
        (Join([Constant(0), Monotonic(50)], [30]), 60, "ends at 0.58", "warmup=29"),
        (Join([Constant(0), Monotonic(5)], [30]), 30, "milestone 30", "milestones below 30"),
    ],
)  # fmt: skip
def test_bad_endings_warn_with_the_remedy(schedule, total, facts, remedy):
    message = warning_of(schedule, total)
    if remedy is None:
        assert message is None
    else:
        assert facts in message
        assert message.endswith(remedy)


@pytest.mark.parametrize(
    ("schedule", "total"),
    [
        (Cyclical(), 40_000),
        (Cyclical(), 1003),
        (Cyclical(ratio=0.0), 10),
        (Cyclical(start=1.0), 10),
        (Cyclical(30), 100),
        (Cyclical.every(10, 5), 26),
        (Monotonic(100), 101),
        (Monotonic(0), 1),
        (Monotonic(0.25), 400),
        (Monotonic(50).shift(-1), 50),
        (Monotonic(100).clamp(0.0, 0.5), 51),
        (Join([Monotonic(100), Constant(1.0)], [50]), 60),
        (Wave(0.0, 1.0, 7), 10),
        (Constant(0.3), 1),
    ],
)
def test_good_endings_are_silent(schedule, total):
    assert warning_of(schedule, total) is None


def test_the_warning_points_at_the_caller():
    for bind in (Cyclical().bind, (Cyclical() * 0.5).bind):
        with pytest.warns(ScheduleWarning) as caught:
            bind(10)
        assert caught[0].filename == __file__


def apply(schedule, remedy):
    """The schedule and run length a warning suggests."""
    changes = dict(re.findall(r"(\w+)=([\d.]+)", remedy))
    arguments = {**schedule.to_dict(), **{k: float(v) for k, v in changes.items()}}
    for name in ("n_cycles", "total_steps"):
        if arguments[name] is not None:
            arguments[name] = int(arguments[name])
    return Cyclical.from_dict(arguments)


@given(
    st.integers(1, 200),
    st.integers(1, 30),
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(0, 2),
)
def test_suggestions_end_in_a_hold(total, n_cycles, ratio, zero, offset):
    ratio, zero = ratio / 100, zero * (100 - ratio) // 100 / 100
    schedule = Cyclical(None, n_cycles, ratio, zero_ratio=zero, offset=offset)
    message = warning_of(schedule, total)
    bound = schedule.with_total(total)
    well = bound(total - 1) == 1.0 and -(-total // bound.period) == n_cycles
    assert (message is None) == (well or ratio == zero == 0)
    if message:
        better = apply(schedule, message.rpartition("hold: ")[2])
        assert warning_of(better, total) is None
        assert better.with_total(total)(total - 1) == 1.0


@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 300))
def test_suggestions_for_fixed_cycles_end_in_a_hold(cycle, ramp, total):
    schedule = Cyclical.every(cycle, min(cycle, ramp))
    message = warning_of(schedule, total)
    assert (message is None) == (schedule(total - 1) == 1.0)
    if message:
        remedy = message.rpartition("hold: ")[2]
        if remedy.startswith("a run of"):
            assert schedule(int(re.sub(r"\D", "", remedy)) - 1) == 1.0
        else:
            assert (
                warning_of(apply(schedule, remedy), total) is None
                or cycle > total
                or "ratio" in remedy
            )


def test_nearest_prefers_the_smaller_of_two():
    assert nearest(5, lambda n: n in (4, 6), within=3) == 4
    assert nearest(2, lambda n: n == 5, within=2) is None
    assert nearest(1, lambda n: n < 1, within=9) is None
