"""What warnings suggest is tried out, and compared with all that might be suggested."""

import re
import time
import warnings
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Cyclical


def warning_of(schedule, total_steps):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        schedule.bind(total_steps)
    assert len(caught) <= 1
    return str(caught[0].message) if caught else None


def apply(schedule, total, remedy):
    """The schedule and the run's length that a warning suggests."""
    run = re.match(r"a run of ([\d,]+) steps?", remedy)
    changes = dict(re.findall(r"(\w+)=([\d.e-]+)", remedy))
    arguments = {**schedule.to_dict(), **{k: float(v) for k, v in changes.items()}}
    if arguments["n_cycles"] is not None:
        arguments["n_cycles"] = int(arguments["n_cycles"])
    return Cyclical.from_dict(arguments), int(run[1].replace(",", "")) if run else total


def distance(schedule, total, other, length):
    """The sum of the relative changes."""
    change = abs(length - total) / total
    if schedule.ratio:
        change += abs(other.ratio - schedule.ratio) / schedule.ratio
    if schedule.n_cycles is not None:
        change += abs(other.n_cycles - schedule.n_cycles) / schedule.n_cycles
    return change


def held_ratio(total, n_cycles, ratio, zero, offset):
    """The greatest ratio up to the given one with which a run ends in a hold, in exact numbers."""
    period = -(-total // n_cycles)
    if -(-total // period) != n_cycles:
        return None
    room = Fraction(((total - 1) % period + offset) * n_cycles, total) - zero
    return None if room <= 0 else min(room, ratio)


def least_distance(total, n_cycles, ratio, zero, offset):
    """Brute force over n_cycles and even runs up to a factor of 2."""
    ratio, zero = Fraction(ratio, 100), Fraction(zero, 100)
    cycles = [(total, m) for m in range(-(-n_cycles // 2), 2 * n_cycles + 1)]
    runs = [(t, n_cycles) for t in range(n_cycles, 2 * total + 1, n_cycles) if 2 * t >= total]
    distances = [
        abs(t - total) / Fraction(total)
        + abs(m - n_cycles) / Fraction(n_cycles)
        + ((ratio - held) / ratio if ratio else 0)
        for t, m in cycles + runs
        if (held := held_ratio(t, m, ratio, zero, offset)) is not None
    ]
    return min(distances, default=None)


@given(
    st.integers(1, 200),
    st.integers(1, 30),
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(0, 2),
)
def test_suggestions_end_in_a_hold_and_none_is_nearer(total, n_cycles, ratio, zero, offset):
    zero = zero * (100 - ratio) // 100
    schedule = Cyclical(None, n_cycles, ratio / 100, zero_ratio=zero / 100, offset=offset)
    message = warning_of(schedule, total)
    bound = schedule.with_total(total)
    well = bound(total - 1) == 1.0 and -(-total // bound.period) == n_cycles
    assert (message is None) == (well or ratio == zero == 0)
    if not message:
        return
    suggested = message.rpartition("hold: ")[2]
    if suggested == "a smaller zero_ratio":
        assert zero == 100
        return
    others = [apply(schedule, total, remedy) for remedy in suggested.split(", or ")]
    for other, length in others:
        assert (other, length) != (schedule, total)
        assert warning_of(other, length) is None
        assert other.with_total(length)(length - 1) == 1.0
        assert other.ratio > 0 or ratio == 0
    least = least_distance(total, n_cycles, ratio, zero, offset)
    if least is not None:
        assert distance(schedule, total, *others[0]) == pytest.approx(float(least), abs=0.02)
        assert all(n_cycles <= 2 * o.n_cycles and o.n_cycles <= 2 * n_cycles for o, _ in others)


@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 300), st.integers(0, 2))
def test_suggestions_for_fixed_cycles_end_in_a_hold(cycle, ramp, total, offset):
    schedule = Cyclical.every(cycle, min(cycle, ramp), offset=offset)
    message = warning_of(schedule, total)
    assert (message is None) == (schedule(total - 1) == 1.0)
    if not message:
        return
    suggested = message.rpartition("hold: ")[2]
    if suggested == "longer cycles":
        assert cycle == 1
        return
    other, length = apply(schedule, total, suggested)
    assert (other, length) != (schedule, total)
    assert other.ratio > 0
    assert other(length - 1) == 1.0
    ends = [n for n in range(1, 2 * total + 2 * cycle) if schedule(n - 1) == 1.0]
    if ends:
        assert other == schedule
        assert abs(length - total) == min(abs(n - total) for n in ends)
    else:
        assert length % cycle == 0
        assert abs(length - total) < cycle


def test_long_runs_are_bound_at_once():
    start = time.process_time()
    message = warning_of(Cyclical.every(10**7, 9 * 10**6), 4 * 10**6)
    assert message.endswith("a run of 9,000,001 steps")
    assert warning_of(Cyclical(n_cycles=900_000), 10**6).endswith("a run of 1,800,000 steps")
    assert time.process_time() - start < 0.5
