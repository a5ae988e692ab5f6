import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Constant, Cyclical, Join, Monotonic, Schedule


def test_by_hand():
    joined = Join([Constant(0.0), Monotonic(2), Constant(0.5)], milestones=[2, 5])
    assert joined.values(7) == [0, 0, 0, 0.5, 1, 0.5, 0.5]


@given(st.from_type(Schedule), st.from_type(Schedule), st.integers(1, 300), st.integers(0, 600))
def test_steps_are_counted_from_the_milestone(first, second, milestone, step):
    expected = first(step) if step < milestone else second(step - milestone)
    assert Join([first, second], [milestone])(step) == expected


def test_one_schedule_is_itself():
    assert Join([Monotonic(3)], []).values(5) == Monotonic(3).values(5)


def test_bind_gives_each_its_stretch():
    joined = Join([Cyclical(n_cycles=2), Monotonic(0.5)], [8]).bind(18)
    assert joined == Join([Cyclical(8, 2), Monotonic(0.5, 10)], [8])
    assert joined.horizon == 18
    assert joined.final == 1.0


def test_lists_become_tuples():
    joined = Join([Constant(), Constant()], [3])
    assert joined.schedules == (Constant(), Constant())
    assert joined.milestones == (3,)
    assert joined == Join((Constant(), Constant()), (3,))


def test_unbound_has_no_horizon():
    assert Join([Cyclical(), Constant()], [3]).horizon is None
    assert Join([Constant(), Cyclical()], [3]).horizon is None


def test_describe():
    joined = Join([Constant(0), Monotonic(5)], [1000])
    expected = "from step 0: constant 0.0; from step 1,000: ramp 5, then hold; ends at 1.0"
    assert joined.describe() == expected


@pytest.mark.parametrize(
    ("schedules", "milestones", "message"),
    [
        ([], [], "schedules must hold at least one schedule"),
        ([Constant()], [4], "milestones must be one fewer than the 1 schedules"),
        ([Constant()] * 3, [4], "milestones must be one fewer than the 3 schedules"),
        ([Constant()] * 3, [4, 4], r"milestones must increase, got \[4, 4\]"),
        ([Constant()] * 2, [0], "each of milestones must be a whole number >= 1, got 0"),
        ([Constant()] * 2, [2.5], "each of milestones must be a whole number >= 1, got 2.5"),
        ([Constant(), 0.5], [4], "each of schedules must be a Schedule, got 0.5"),
        (Constant(), [], "schedules must be a list or tuple, got Constant"),
        ([Constant()] * 2, 4, "milestones must be a list or tuple, got 4"),
    ],
)
def test_bad_values(schedules, milestones, message):
    with pytest.raises(ValueError, match=message):
        Join(schedules, milestones)
