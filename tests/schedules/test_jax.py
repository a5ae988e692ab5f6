import numpy as np
import pytest

from unvanish import Constant, Cyclical, Join, Monotonic, Wave

jax = pytest.importorskip("jax")

SCHEDULES = [
    Cyclical(40, 3, 0.3, "sigmoid", zero_ratio=0.2, offset=1),
    Cyclical(40, ratio=0.0),
    Cyclical.every(10, 3, "cosine"),
    Monotonic(10, shape="exponential"),
    Monotonic(0.5, 20),
    Constant(0.3),
    Wave(0.0, 1.0, 7, "cosine"),
    Join([Monotonic(5), Wave(0.0, 2.0, 3)], [8]),
    (Cyclical(40).shift(3) * 2).clamp(0.1, 1.5),
]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_tracers(schedule):
    steps = jax.numpy.arange(60)
    expected = schedule.values(60)
    one_by_one = [jax.jit(schedule)(step) for step in range(60)]
    for values in (
        schedule(steps),
        jax.jit(schedule)(steps),
        jax.vmap(schedule)(steps),
        jax.numpy.stack(one_by_one),
        schedule(steps.astype("uint8")),
        schedule(steps.astype("float32")),
    ):
        assert values.dtype == "float32"
        np.testing.assert_allclose(values, expected, atol=1e-6)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_static_argument(schedule):
    evaluate = jax.jit(lambda step, s: s(step), static_argnums=1)
    assert evaluate(3, schedule) == pytest.approx(schedule(3), abs=1e-6)


@pytest.mark.parametrize(
    "schedule",
    [
        Cyclical(1200, 4, 0.55),
        Cyclical(100, 1, 0.3),
        Cyclical(100, 3, 0.3, zero_ratio=0.3),
        Cyclical(100, 1, 0.0, zero_ratio=0.3),
        Monotonic(0.55, 1200),
    ],
)
def test_holds_where_python_does(schedule):
    expected = np.array(schedule.values())
    for evaluate in (schedule, jax.jit(schedule)):
        values = np.asarray(evaluate(jax.numpy.arange(len(expected))))
        assert ((values == 1.0) == (expected == 1.0)).all()
        assert ((values == 0.0) == (expected == 0.0)).all()


def test_great_unsigned_steps_are_past_the_end():
    steps = jax.numpy.array([2**31, 2**32 - 1], dtype="uint32")
    assert Monotonic(8)(steps).tolist() == [1.0, 1.0]


def test_gradient_with_respect_to_the_step():
    assert jax.grad(Monotonic(4))(1.5) == pytest.approx(0.25)
