import numpy as np
import pytest

from unvanish.config import UsageError
from unvanish.evaluation.labelled_subsets import (
    LabelDraws,
    labelled_subset,
    parts_to_learn_and_choose,
)


def test_the_papers_shares_of_yelp():
    assert LabelDraws(counts=(), shares=(0.1, 0.01)).numbers(44_409) == (444, 4_441)
    assert LabelDraws(counts=(100, 50), shares=(0.1,)).numbers(1_000) == (50, 100)


def test_every_repeat_is_a_draw_of_its_own():
    drawn = LabelDraws(repeats=3, seed=7).of(500, 60)
    expected = [labelled_subset(500, 60, draw=draw, seed=7) for draw in range(3)]
    assert [rows.tolist() for rows in drawn] == [rows.tolist() for rows in expected]


def test_draws_differ_hold_no_sentence_twice_and_grow():
    draws = [labelled_subset(500, 60, draw=draw, seed=3) for draw in range(4)]
    assert len({tuple(draw) for draw in draws}) == 4
    assert all(len(set(draw.tolist())) == 60 for draw in draws)
    assert np.array_equal(draws[2], labelled_subset(500, 200, draw=2, seed=3)[:60])
    assert not np.array_equal(draws[0], labelled_subset(500, 60, seed=4))


def test_every_sentence_is_as_likely():
    drawn = np.concatenate([labelled_subset(50, 10, draw=draw) for draw in range(500)])
    counts = np.bincount(drawn, minlength=50)
    assert counts.min() > 60  # 100 expected, deviation 9
    assert counts.max() < 140


def test_those_that_choose_are_not_learnt_from():
    rows = labelled_subset(100, 23)
    learnt, choosing = parts_to_learn_and_choose(rows, ["a", "b"] * 50)
    assert len(choosing) == 4
    assert sorted([*learnt, *choosing]) == sorted(rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"counts": ()}, "at least one, or a share"),
        ({"repeats": 0}, "repeats=0"),
        ({"seed": -1}, "seed=-1 is not possible: give at least 0"),
        ({"counts": (4,)}, "labelled sentences=4 .* give 5 to 90"),
        ({"counts": (10, 91)}, "labelled sentences=91"),
        ({"shares": (0.0,)}, r"share=0.0"),
        ({"shares": (1.5,)}, r"share=1.5"),
    ],
)
def test_impossible_numbers_are_refused(arguments, message):
    with pytest.raises(UsageError, match=message):
        LabelDraws(**arguments).numbers(90)


def test_one_label_is_too_few():
    with pytest.raises(UsageError, match=r"5 labelled sentences are too few: .* 'a'; give more"):
        parts_to_learn_and_choose(np.arange(5), ["b", "a", "a", "a", "a"])
