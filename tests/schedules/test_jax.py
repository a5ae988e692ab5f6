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


def test_gradient_with_respect_to_the_step():
    assert jax.grad(Monotonic(4))(1.5) == pytest.approx(0.25)
