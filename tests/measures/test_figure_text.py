import pytest

from unvanish.measures.figure_text import figure_text, spread_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (27.81, "27.810"),
        (1e6, "1000000.000"),
        (1_000_001.0, "1e+06"),
        (-5.4321e108, "-5.43e+108"),
        (-0.0004, "-0.000"),
    ],
)
def test_decimals_end_where_digits_do_not_count(value, text):
    assert figure_text(value, 3) == text


@pytest.mark.parametrize(
    ("mean", "deviation", "digits", "text"),
    [
        (2.346, 0.0049, 2, "2.35 ± 0.00"),
        (-2.0, None, 1, "-2.0"),
        (-0.004, 0.5, 2, "0.00 ± 0.50"),
        (-0.006, 0.5, 2, "-0.01 ± 0.50"),
        (5.4321e108, 2e6, 3, "5.43e+108 ± 2e+06"),
    ],
)
def test_a_mean_stands_before_its_deviation_and_one_of_0_has_no_sign(mean, deviation, digits, text):
    assert spread_text(mean, deviation, digits) == text
