import math

import pytest

from unvanish import Constant


def test_by_hand():
    assert Constant().values(2) == [1.0, 1.0]
    assert Constant(-2)(10**400) == -2.0
    assert type(Constant(3)(0)) is float
    assert Constant(0.5).describe() == "constant 0.5"
    assert Constant(0.5).final == 0.5


@pytest.mark.parametrize("value", [math.nan, math.inf, "1", None])
def test_bad_values(value):
    with pytest.raises(ValueError, match="value must be a finite number"):
        Constant(value)
