"""Rows against spacing worked out in whole numbers."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from unvanish.measures import spread_rows


@given(st.integers(1, 3_000), st.integers(2, 3_000))
def test_they_are_the_nearest_to_even_spacing_and_as_many_as_asked_for(n, most):
    rows = spread_rows(n, most).tolist()
    if n <= most:
        assert rows == list(range(n))
        return
    step = Fraction(n - 1, most - 1)
    assert len(rows) == most
    assert all(
        abs(row - k * step) <= Fraction(1, 2) + Fraction(1, 10**9) for k, row in enumerate(rows)
    )
    assert (np.diff(rows) >= 1).all()
