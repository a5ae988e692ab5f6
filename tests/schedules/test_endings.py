import copy
import pickle
import re
import warnings

import pytest

from unvanish import Constant, Cyclical, Join, Monotonic, Scheduler, ScheduleWarning, Wave
from unvanish.schedules.place import Place


def warning_of(schedule, total_steps):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        schedule.bind(total_steps)
    assert len(caught) <= 1
    return str(caught[0].message) if caught else None


@pytest.mark.parametrize(
    ("schedule", "total", "facts", "remedy"),
    [
        (
            Cyclical(n_cycles=4),
            10,
            "4 cycles x 3 steps, the last cut to 1",
            "a run of 12 steps, or n_cycles=5",
        ),
        (
            Cyclical(n_cycles=4),
            10,
            "stops before a ramp has risen, at 0.0 instead of 1.0",
            "n_cycles=5",
        ),
        (
            Cyclical(n_cycles=6),
            9,
            "n_cycles=6 gives 5 cycles x 2 steps",
            "a run of 12 steps, or n_cycles=3",
        ),
        (Cyclical(ratio=1.0), 40, "peaks at 0.9, not at 1.0", "hold: ratio=0.9"),
        (
            Cyclical(n_cycles=10, ratio=1.0),
            91,
            "peaks at 0.989011 and stops before",
            "a run of 90 steps with ratio=0.8888, or n_cycles=7, ratio=0.923",
        ),
        (
            Cyclical(n_cycles=10, ratio=0.9),
            107,
            "stops inside a ramp, at 0.72",
            "a run of 110 steps, or n_cycles=9, ratio=0.8411",
        ),
        (Cyclical(ratio=0.9), 10, "peaks at 0.888889 and stops before", "n_cycles=2, ratio=0.8"),
        (
            Cyclical(n_cycles=5),
            8,
            "has 4 cycles, not the 5 asked for",
            "n_cycles=4, or a run of 10 steps",
        ),
        (Cyclical(40), 4, "stops inside a ramp, at 0.6", "total_steps=4, n_cycles=2"),
        (Cyclical(40), 12, "at 0.2", "total_steps=12"),
        (Cyclical(4), 1, "peaks at 0.0", "total_steps=8 and a run of 8 steps"),
        (Cyclical(40), 10, "", None),
        (Cyclical(20), 10, "", None),
        (Cyclical(), 1, "peaks at 0.0", "hold: a run of 8 steps"),
        (Cyclical(n_cycles=30), 10, "peaks at 0.0", "n_cycles=5, or a run of 60 steps"),
        (Cyclical(n_cycles=1, zero_ratio=0.5), 1, "", "a run of 3 steps with ratio=0.1666"),
        (Cyclical(ratio=0.0, zero_ratio=1.0), 8, "", "a smaller zero_ratio"),
        (Cyclical.every(10, 5), 22, "stops inside a ramp, at 0.2", "a run of 20 steps"),
        (Cyclical.every(10, 5), 23, "at 0.4", "a run of 26 steps"),
        (Cyclical.every(10, 5), 24, "at 0.6", "a run of 26 steps"),
        (
            Cyclical.every(13_150, 5917),
            5260,
            "the run of 5,260 steps stops inside a ramp, at 0.88",
            "a run of 5,918 steps",
        ),
        (Cyclical.every(10, 10), 20, "peaks at 0.9", "hold: ratio=0.9"),
        (
            Cyclical.every(10, 10),
            24,
            "peaks at 0.9 and stops inside",
            "a run of 20 steps with ratio=0.9",
        ),
        (Cyclical.every(1, 1), 5, "peaks at 0.0", "longer cycles"),
        (
            Monotonic(100),
            50,
            "stops inside the ramp, at 0.49 instead of 1.0: warmup=100",
            "warmup=49",
        ),
        (Monotonic(1.0), 50, "at 0.98", "warmup=0.98"),
        (Monotonic(0.5, 100), 40, "at 0.78", "total_steps=40"),
    ],
)
def test_bad_endings_warn_with_the_remedy(schedule, total, facts, remedy):
    message = warning_of(schedule, total)
    if remedy is None:
        assert message is None
    else:
        assert message.startswith("the run of")
        assert facts in message
        assert message.endswith(remedy)


@pytest.mark.parametrize(
    ("schedule", "total", "start", "end"),
    [
        (
            0.5 * Monotonic(100),
            50,
            "the run of 50 steps stops inside the ramp, at 0.245 instead of 0.5",
            "warmup=49",
        ),
        (
            Monotonic(100).clamp(0, 0.75),
            50,
            "the run of 50 steps stops inside the ramp, at 0.49 instead of 0.75",
            "warmup=49",
        ),
        (
            Monotonic(50).shift(20),
            60,
            "the run of 60 steps, after its first 20, stops inside the ramp, at 0.78",
            "warmup=39",
        ),
        (
            Monotonic(50).shift(-1),
            40,
            "the run of 40 steps, begun at step 1 of the schedule, stops",
            "warmup=40",
        ),
        (
            Monotonic(50).shift(60),
            60,
            "the run of 60 steps ends before a schedule that is 60 steps late",
            "below 60",
        ),
        (
            Join([Monotonic(5), Monotonic(50)], [10]),
            40,
            "the run of 40 steps, after its first 10, stops",
            "warmup=29",
        ),
        (
            Join([Constant(0), Monotonic(5)], [30]),
            30,
            "the run of 30 steps ends before milestone 30",
            "milestones below 30",
        ),
        (
            Cyclical.every(10, 5).shift(5) * 2,
            28,
            "the run of 28 steps, after its first 5, stops inside a ramp, at 0.8 instead of 2.0",
            "a run of 31 steps",
        ),
    ],
)
def test_compositions_speak_of_the_whole_run(schedule, total, start, end):
    message = warning_of(schedule, total)
    assert message.startswith(start)
    assert message.endswith(end)


@pytest.mark.parametrize(
    ("schedule", "total"),
    [
        (Cyclical(), 40_000),
        (Cyclical(), 1003),
        (Cyclical(ratio=0.0), 10),
        (Cyclical(start=1.0), 10),
        (Cyclical(100), 75),
        (Cyclical(30, n_cycles=1), 100),
        (Cyclical(30, ratio=0.0), 100),
        (Cyclical(30, start=1.0), 100),
        (Cyclical(30).shift(5), 35),
        (Join([Cyclical(30), Constant(1.0)], [30]), 100),
        (Monotonic(0.25, total_steps=30), 100),
        (Cyclical.every(10, 5), 26),
        (Monotonic(100), 101),
        (Monotonic(0), 1),
        (Monotonic(0.25), 400),
        (Monotonic(50).shift(-1), 50),
        (Monotonic(50) * 0.0, 10),
        (Constant(0.3).shift(20), 10),
        (Monotonic(100).clamp(0.0, 0.5), 51),
        (Join([Monotonic(100), Constant(1.0)], [50]), 60),
        (Wave(0.0, 1.0, 7), 10),
        (Constant(0.3), 1),
    ],
)
def test_good_endings_are_silent(schedule, total):
    assert warning_of(schedule, total) is None


@pytest.mark.parametrize(
    ("schedule", "total", "remedy"),
    [
        (Cyclical(1000), 2000, "use total_steps=2000, or Join to mean it"),
        (Cyclical(1000) * 0.5, 2000, "use total_steps=2000, or Join to mean it"),
        (Cyclical(1000).clamp(0.1, 1.0), 2000, "use total_steps=2000, or Join to mean it"),
        (Cyclical(1000), 1010, "use total_steps=1010, or Join to mean it"),
    ],
)
def test_a_run_longer_than_the_length_of_the_cycles_is_told(schedule, total, remedy):
    message = warning_of(schedule, total)
    assert message.startswith(f"the run of {total:,} steps is longer than the total_steps=1000")
    held = re.search(r"cycles end there and (\S+) is held for (\S+) steps more", message)
    assert (float(held[1]), held[2]) == (schedule(total), f"{total - 1000:,}")
    assert message.endswith(remedy)
    assert len(set(schedule.values(total)[1000:])) == 1


@pytest.mark.parametrize(
    "schedule",
    [Cyclical(1000).shift(100), Join([Constant(0.0), Cyclical(1000)], [100])],
)
def test_the_length_of_cycles_that_begin_later_is_told_too(schedule):
    message = warning_of(schedule, 3000)
    assert "run of 3,000 steps, after its first 100, is longer than the total_steps=1000" in message
    assert "1.0 is held for 1,900 steps more; use total_steps=2900" in message
    assert len(set(schedule.values(3000)[1100:])) == 1
    schedule.bind(1100)


def test_steps_that_are_skipped_are_no_steps_that_are_missing():
    assert warning_of(Cyclical(1000).shift(-750), 1000) is None
    assert "held for 2,750 steps more" in warning_of(Cyclical(1000).shift(-750), 3000)


def test_what_is_held_is_the_top_although_the_last_cycle_was_cut():
    schedule = Cyclical(10, n_cycles=4)
    assert (schedule(9), schedule(10)) == (0.0, 1.0)
    assert "and 1.0 is held for 2 steps more" in warning_of(schedule, 12)


def test_a_length_like_a_number_of_cycles_may_have_been_meant_so():
    assert "use total_steps=50 (n_cycles=4 if so many cycles were meant), or" in warning_of(
        Cyclical(4), 50
    )
    for other in (Cyclical(1000), Cyclical(20, n_cycles=2)):
        assert "so many" not in warning_of(other, 2000)


def test_the_warning_points_at_the_caller():
    for bind in (Cyclical().bind, (Cyclical() * 0.5).bind):
        with pytest.warns(ScheduleWarning) as caught:
            bind(10)
        assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("schedule", "total"),
    [
        (Cyclical(n_cycles=4), 10),
        (Cyclical(n_cycles=10), 3),
        (Cyclical(n_cycles=4) * 0.5, 10),
        (Cyclical(n_cycles=4).clamp(0.0, 1.0), 10),
        (Cyclical.every(10, 5), 22),
        (Monotonic(1.0), 50),
    ],
)
def test_a_scheduler_says_what_bind_says(schedule, total):
    with pytest.warns(ScheduleWarning) as caught:
        Scheduler(schedule.with_total(total))
    assert [str(warning.message) for warning in caught] == [warning_of(schedule, total)]
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "schedule",
    [
        Cyclical(40_000),
        Cyclical.every(10, 10),  # where such a run ends nobody knows
        Cyclical.every(10, 10).shift(3) * 2.0,
        Join([Constant(0.0), Cyclical.every(10, 10)], [5]),
        Monotonic(100),
        Monotonic(100).shift(-150),
        Join([Cyclical(10), Monotonic(50)], [10]),
        Wave(0.0, 1.0, 7),
        Constant(0.3),
    ],
)
def test_a_scheduler_of_a_good_or_unknown_end_is_silent(schedule):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Scheduler(schedule)


def test_a_place_is_silent_for_it_leaves_the_run_to_who_binds():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for schedule in (Cyclical(10), Cyclical()):
            assert Place(schedule, 3).last_step == 3


def test_a_scheduler_warns_when_it_is_made_and_then_no_more():
    with pytest.warns(ScheduleWarning) as caught:
        beta = Scheduler(Cyclical(10))
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        beta.step()
        beta.load_state_dict(beta.state_dict())
        for other in (copy.copy(beta), copy.deepcopy(beta), pickle.loads(pickle.dumps(beta))):
            assert (other.value, other.last_step) == (beta.value, 1)
