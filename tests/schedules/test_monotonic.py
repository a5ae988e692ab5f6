import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Cyclical, Monotonic, ScheduleWarning
from unvanish.presets import preset


def test_by_hand():
    assert Monotonic(4).values(6) == [0, 0.25, 0.5, 0.75, 1, 1]
    assert Monotonic(4, start=1, stop=0).values(5) == [1, 0.75, 0.5, 0.25, 0]
    assert Monotonic(0.5, 4).values() == [0, 0.5, 1, 1]
    assert Monotonic(2, 3).values() == [0, 0.5, 1]
    assert Monotonic(2, shape="cosine").values(3) == pytest.approx([0, 0.5, 1])


def test_one_is_a_step_and_one_point_zero_the_whole_run():
    assert Monotonic(1, 4).values() == [0, 1, 1, 1]
    assert Monotonic(1.0, 4).values() == [0, 0.25, 0.5, 0.75]
    assert Monotonic(1, 4) != Monotonic(1.0, 4)
    assert eval(repr(Monotonic(1.0, 4))) == Monotonic(1.0, 4)


@pytest.mark.parametrize("warmup", [0, 0.0])
def test_no_warmup_is_constant(warmup):
    assert Monotonic(warmup, stop=0.4).values(3) == [0.4] * 3
    assert Monotonic(warmup, 8, stop=0.4).repeat(2).values() == [0.4] * 8


@given(st.from_type(Monotonic))
def test_monotone_between_start_and_stop(schedule):
    values = schedule.values(400)
    low, high = sorted((schedule.start, schedule.stop))
    assert values == sorted(values, reverse=schedule.start > schedule.stop)
    assert low <= min(values)
    assert max(values) <= high
    assert schedule(301) == schedule.stop


@given(st.integers(1, 300), st.integers(1, 9), st.floats(0, 1))
def test_repeated_share_is_cyclical(total, n_cycles, ratio):
    assert Monotonic(ratio, total).repeat(n_cycles) == Cyclical(total, n_cycles, ratio)


def test_repeat_keeps_everything_else():
    once = Monotonic(0.25, shape="sigmoid", start=0.1, stop=2.0)
    assert once.repeat(3) == Cyclical(None, 3, 0.25, "sigmoid", start=0.1, stop=2.0)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 6))
def test_repeated_steps_stay_so_many(warmup, more, n_cycles):
    cycle = warmup + more
    repeated = Monotonic(warmup, total_steps=cycle * n_cycles).repeat(n_cycles)
    assert repeated.values() == pytest.approx(Monotonic(warmup).values(cycle) * n_cycles)
    assert repeated(warmup) == 1.0


def test_repeat_needs_room_and_a_length():
    with pytest.raises(ValueError, match=r"total_steps must be given.*Cyclical\.every"):
        Monotonic(10).repeat(4)
    with pytest.raises(ValueError, match="warmup must fit into a cycle of 25 steps, got 26"):
        Monotonic(26, 100).repeat(4)
    with pytest.raises(ValueError, match="n_cycles must be a whole number >= 1, got 0"):
        Monotonic(0.5).repeat(0)


def test_bind():
    assert Monotonic(0.5).bind(8) == Monotonic(0.5, 8)
    assert Monotonic(3).bind(8) == Monotonic(3, 8)
    with pytest.raises(ValueError, match=r"bind\(total_steps\)"):
        Monotonic(0.5)(0)


def test_from_epochs():
    ramp = Monotonic.from_epochs(40, 25, 2.5, "cosine", start=0.1)
    assert ramp == Monotonic(62, 1000, "cosine", start=0.1)
    assert Monotonic.from_epochs(4, 25, 0).values() == [1.0] * 100
    he2019 = Monotonic.from_epochs(40, 25, 10, start=0.1).shift(-1)
    assert he2019.values(1000) == preset("he2019", steps_per_epoch=25).values(1000)
    with pytest.warns(ScheduleWarning, match="stops inside the ramp"):
        Monotonic.from_epochs(4, 25, 4)
    with pytest.raises(ValueError, match="warmup_epochs must be >= 0, got -1"):
        Monotonic.from_epochs(4, 25, -1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"warmup": -1}, "warmup must be a whole number >= 0, got -1"),
        ({"warmup": 1.5}, r"warmup must be in \[0, 1\], got 1.5"),
        ({"warmup": math.nan}, r"warmup must be in \[0, 1\], got nan"),
        ({"warmup": "all"}, r"warmup must be in \[0, 1\], got 'all'.*or a whole number of"),
        ({"warmup": 5000.0}, r"got 5000.0 .*; write 5000 for steps"),
        ({"warmup": 1e4}, r"got 10000.0 .*; write 10000 for steps"),
        ({"warmup": 1, "total_steps": -5}, "total_steps must be a whole number >= 1, got -5"),
        ({"warmup": 1, "start": math.inf}, "start must be a finite number, got inf"),
        ({"warmup": 1, "stop": math.nan}, "stop must be a finite number, got nan"),
        ({"warmup": 1, "shape": "step"}, "unknown shape 'step'"),
    ],
)
def test_bad_values(arguments, message):
    with pytest.raises(ValueError, match=message):
        Monotonic(**arguments)


@pytest.mark.parametrize(
    ("schedule", "plan"),
    [
        (Monotonic(10), "ramp 10, then hold; ends at 1.0"),
        (Monotonic(10, 40), "ramp 10, hold 30; ends at 1.0"),
        (Monotonic(0.25, 40, "cosine"), "cosine ramp 10, hold 30; ends at 1.0"),
        (Monotonic(80, 40, start=0.5), "ramp from 0.5 over 40, hold 0; ends at 0.74375"),
        (Monotonic(0.25), "ramp 0.25 of the run, then hold; the run's length is not known"),
    ],
)
def test_describe(schedule, plan):
    assert schedule.describe() == plan
