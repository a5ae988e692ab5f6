import pytest

from unvanish.measures.figure_text import figure_text


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
