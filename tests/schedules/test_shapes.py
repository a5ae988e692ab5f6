import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish import Cyclical, Monotonic, register_shape
from unvanish.schedules import shape_names, shapes


@pytest.fixture(autouse=True)
def forget_shapes(monkeypatch):
    monkeypatch.setattr(shapes, "_SHAPES", dict(shapes._BUILT_IN))


def logistic(x):
    return 1 / (1 + math.exp(-x))


REFERENCES = {
    "linear": lambda p: p,
    "cosine": lambda p: (1 - math.cos(math.pi * p)) / 2,
    "sigmoid": lambda p: (logistic(12 * (p - 0.5)) - logistic(-6)) / (logistic(6) - logistic(-6)),
    "exponential": lambda p: (math.exp(5 * p) - 1) / (math.exp(5) - 1),
}


def test_every_shape_has_a_reference():
    assert set(shape_names()) == set(REFERENCES)


@pytest.mark.parametrize("shape", REFERENCES)
def test_equals_its_formula(shape):
    schedule = Monotonic(1000, shape=shape, start=-1, stop=3)
    for step in range(0, 1001, 7):
        assert schedule(step) == pytest.approx(4 * REFERENCES[shape](step / 1000) - 1, abs=1e-12)


@pytest.mark.parametrize("shape", REFERENCES)
@given(start=st.floats(-1e6, 1e6), stop=st.floats(-1e6, 1e6), warmup=st.integers(1, 10**6))
def test_ends_are_exact(shape, start, stop, warmup):
    schedule = Monotonic(warmup, shape=shape, start=start, stop=stop)
    assert schedule(0) == start
    assert schedule(warmup) == stop
    assert min(start, stop) <= schedule(warmup - 1) <= max(start, stop)


def test_a_registered_shape_serves_numbers_and_arrays():
    register_shape("square", lambda p: p * p)
    schedule = Cyclical(8, 1, 1.0, "square")
    assert schedule.values() == [(i / 8) ** 2 for i in range(8)]
    np.testing.assert_array_equal(schedule(np.arange(8)), schedule.values())
    assert pickle.loads(pickle.dumps(schedule)) == schedule
    assert eval(repr(schedule)) == schedule


def test_a_shape_for_numbers_says_so_when_given_an_array():
    register_shape("root", math.sqrt)
    assert Monotonic(4, shape="root")(1) == 0.5
    with pytest.raises(TypeError, match="shape 'root' serves Python numbers only"):
        Monotonic(4, shape="root")(np.arange(3))


def test_an_error_in_a_shape_stays_itself():
    def broken(p):
        if p == 0.3:
            raise TypeError("broken at 0.3")
        return p

    register_shape("broken", broken)
    with pytest.raises(TypeError, match=r"^broken at 0\.3$"):
        Monotonic(10, shape="broken")(3)


def test_rounding_of_a_registered_shape_stays_inside():
    register_shape("over", lambda p: p + 1e-7)
    values = Monotonic(100, shape="over").values(101)
    assert values[0] == 0.0
    assert max(values) == values[100] == 1.0


def test_a_lost_shape_says_how_to_get_it_back():
    register_shape("square", lambda p: p * p)
    schedule = Monotonic(4, shape="square")
    del shapes._SHAPES["square"]
    with pytest.raises(ValueError, match="unknown shape 'square'"):
        schedule(1)


def test_names_are_taken_once():
    register_shape("square", lambda p: p * p)
    with pytest.raises(ValueError, match="name 'square' is a shape already: overwrite=True"):
        register_shape("square", lambda p: p)
    register_shape("square", lambda p: p, overwrite=True)
    assert Monotonic(4, shape="square")(1) == 0.25
    with pytest.raises(ValueError, match="name 'linear' is a shape already: choose another"):
        register_shape("linear", lambda p: p, overwrite=True)


@pytest.mark.parametrize(
    ("name", "f", "message"),
    [
        ("", lambda p: p, "name must be a word"),
        ("a,b", lambda p: p, "name must be a word"),
        (3, lambda p: p, "name must be a word"),
        ("late", lambda p: p + 0.1, r"'late' must have f\(0.0\) = 0.0, got 0.1"),
        ("low", lambda p: p / 2, r"'low' must have f\(1.0\) = 1.0, got 0.5"),
        ("nothing", lambda p: math.nan, r"'nothing' must have f\(0.0\)"),
        ("hill", lambda p: p + 4 * p * (1 - p), r"'hill' must stay in \[0, 1\]"),
        ("none", lambda p: None, r"'none' must give a number in \[0, 1\], got f\(0.0\) = None"),
        ("list", lambda p: [p], r"'list' must give a number"),
        ("word", "linear", "f must be a function of progress, got 'linear'"),
    ],
)
def test_bad_shapes(name, f, message):
    with pytest.raises(ValueError, match=message):
        register_shape(name, f)
