"""Means and intervals over seeds."""

import pytest

from unvanish.measures import student_t_95, summarize


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    [
        (1, 12.706205),
        (2, 4.302653),
        (4, 2.776445),
        (9, 2.262157),
        (29, 2.045230),
        (30, 2.042272),
        (31, 2.039513),
        (60, 2.000298),
        (1000, 1.962339),
    ],
)
def test_quantiles_are_those_of_the_tables(degrees, quantile):
    assert student_t_95(degrees) == pytest.approx(quantile, abs=1.2e-4)


def test_quantiles_fall_towards_the_normal():
    quantiles = [student_t_95(degrees) for degrees in range(1, 200)]
    assert quantiles == sorted(quantiles, reverse=True)
    assert quantiles[-1] > 1.96


def test_five_numbers_by_hand():
    spread = summarize([2.0, 4.0, 4.0, 5.0, 5.0])
    assert spread.mean == 4.0
    assert spread.standard_deviation == pytest.approx(1.5**0.5)
    half = 2.776445 * (1.5 / 5) ** 0.5
    assert spread.interval == pytest.approx((4 - half, 4 + half), abs=1e-4)
    assert spread.values == (2.0, 4.0, 4.0, 5.0, 5.0)


def test_one_number_has_no_interval():
    spread = summarize([3.0])
    assert (spread.mean, spread.standard_deviation, spread.interval) == (3.0, None, None)


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        summarize([])
    with pytest.raises(ValueError, match="at least 1"):
        student_t_95(0)
