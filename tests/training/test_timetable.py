import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.training.timetable import Timetable

FEW = st.integers(1, 7)


@given(FEW, FEW, FEW, FEW, st.sets(st.integers(1, 49)))
def test_what_is_due_is_what_a_count_by_hand_says(rounds, per_round, log, save, cycles):
    table = Timetable("epoch", rounds, per_round, log, save, tuple(sorted(cycles)))
    ends = {per_round * k for k in range(1, rounds + 1)}
    last = max(ends)
    assert table.total_steps == last
    begun = 0
    for step in range(1, last + 1):
        assert table.ends_round(step) == (step in ends)
        assert table.logs(step) == (step in ends or step % log == 0)
        assert table.saves(step) == (step not in ends and step % save == 0)
        if step in cycles:
            begun += 1
            assert table.cycle_ended(step) == begun
        else:
            assert table.cycle_ended(step) is None


@pytest.mark.parametrize(
    ("unit", "words"), [("epoch", "an epoch has 1,200 steps"), ("round", "a round has 1,200 steps")]
)
def test_it_says_how_long_a_round_is(unit, words):
    assert Timetable(unit, 2, 1200, 1, 1).in_words == words
