"""Schedules in JAX and optax: the schedule itself, without an adapter."""

import pickle
from functools import partial

import numpy as np
import pytest

from unvanish import Cyclical, Join, Monotonic

jax = pytest.importorskip("jax")
optax = pytest.importorskip("optax")

SCHEDULE = Cyclical(12, n_cycles=3)
DATA = np.random.default_rng(0).normal(size=(12, 4, 3)).astype("float32")
CLOSE = partial(pytest.approx, abs=1e-6)


def loss(params, x, step, schedule=SCHEDULE):
    return jax.numpy.square(x @ params).sum() + schedule(step) * jax.numpy.abs(params).sum()


def test_under_jit_and_vmap_the_values_are_pythons():
    steps = jax.numpy.arange(12)
    one_by_one = [float(jax.jit(SCHEDULE)(step)) for step in steps]
    assert one_by_one == CLOSE(SCHEDULE.values())
    assert jax.vmap(jax.jit(SCHEDULE))(steps).tolist() == CLOSE(SCHEDULE.values())


def test_one_compilation_serves_all_steps():
    traces = []

    @jax.jit
    def beta(step):
        traces.append(step)
        return SCHEDULE(step)

    assert [float(beta(step)) for step in range(12)] == CLOSE(SCHEDULE.values())
    assert len(traces) == 1


def test_the_gradient_of_a_loss_has_the_weight_of_the_step():
    gradient = jax.jit(jax.grad(loss))
    params, nothing = jax.numpy.ones(3), jax.numpy.zeros((1, 3))
    for step, beta in enumerate(SCHEDULE.values()):
        assert gradient(params, nothing, step).tolist() == CLOSE([beta] * 3)


def test_a_schedule_is_a_static_argument():
    gradient = jax.jit(jax.grad(loss), static_argnames="schedule")
    params, nothing = jax.numpy.ones(3), jax.numpy.zeros((1, 3))
    for schedule in (SCHEDULE, Monotonic(4)):
        assert gradient(params, nothing, 2, schedule=schedule)[0] == CLOSE(schedule(2))


def test_in_a_scan():
    _, seen = jax.lax.scan(lambda step, _: (step + 1, SCHEDULE(step)), 0, length=12)
    assert seen.tolist() == CLOSE(SCHEDULE.values())


def changes(optimizer, steps=12):
    """What each update does to a parameter whose gradient is 1."""
    params = jax.numpy.zeros(())
    state, seen = optimizer.init(params), []
    update = jax.jit(optimizer.update)
    for _ in range(steps):
        step, state = update(jax.numpy.ones(()), state, params)
        seen.append(-float(step))
    return seen


@pytest.mark.parametrize("make", [optax.sgd, optax.scale_by_learning_rate])
def test_as_a_learning_rate(make):
    assert changes(make(SCHEDULE)) == CLOSE(SCHEDULE.values())


def test_as_the_learning_rate_of_adam():
    at_one = np.array(changes(optax.adam(1.0)))
    assert changes(optax.adam(SCHEDULE)) == CLOSE((at_one * SCHEDULE.values()).tolist())


def test_joined_by_optax():
    joined = optax.join_schedules([SCHEDULE, optax.constant_schedule(0.25)], [8])
    expected = [*SCHEDULE.values(8), *[0.25] * 4]
    assert [float(jax.jit(joined)(step)) for step in range(12)] == CLOSE(expected)
    joined = optax.join_schedules([Monotonic(4), SCHEDULE], [6])
    assert [float(joined(step)) for step in range(18)] == CLOSE(
        Join([Monotonic(4), SCHEDULE], [6]).values(18)
    )


def test_injected_as_a_hyperparameter():
    optimizer = optax.inject_hyperparams(optax.sgd)(learning_rate=SCHEDULE, momentum=Monotonic(4))
    state, seen = optimizer.init(jax.numpy.zeros(())), []
    for _ in range(12):
        _, state = optimizer.update(jax.numpy.ones(()), state)
        seen.append([float(state.hyperparams[name]) for name in ("learning_rate", "momentum")])
    assert [row[0] for row in seen] == CLOSE(SCHEDULE.values())
    assert [row[1] for row in seen] == CLOSE(Monotonic(4).values(12))


OPTIMIZER = optax.adam(Monotonic(6) * 0.1)


@jax.jit
def update(params, state, x):
    step = optax.tree.get(state, "count", filtering=lambda path, _: "ScaleByAdam" in str(path))
    gradient = jax.grad(loss)(params, x, step)
    change, state = OPTIMIZER.update(gradient, state, params)
    return optax.apply_updates(params, change), state, SCHEDULE(step)


def train(params, state, batches):
    betas = []
    for x in batches:
        params, state, beta = update(params, state, x)
        betas.append(float(beta))
    return params, state, betas


def beginning():
    params = jax.numpy.ones(3)
    return params, OPTIMIZER.init(params)


def test_resumed_from_the_optimizers_state_it_is_as_if_nothing_had_been(tmp_path):
    whole, _, betas = train(*beginning(), DATA)
    assert betas == CLOSE(SCHEDULE.values())
    params, state, before = train(*beginning(), DATA[:5])
    (tmp_path / "state").write_bytes(pickle.dumps(jax.device_get((params, state))))
    params, state = pickle.loads((tmp_path / "state").read_bytes())
    resumed, _, after = train(params, state, DATA[5:])
    assert before + after == betas
    assert resumed.tolist() == whole.tolist()


def test_forgetting_the_optimizers_state_shows():
    whole, _, betas = train(*beginning(), DATA)
    params, _, before = train(*beginning(), DATA[:5])
    resumed, _, after = train(params, OPTIMIZER.init(params), DATA[5:])
    assert before + after != betas
    assert resumed.tolist() != whole.tolist()


def test_accumulated_gradients_count_once():
    optimizer = optax.MultiSteps(optax.sgd(1.0), every_k_schedule=2)
    params = jax.numpy.zeros(3)
    state, nothing, seen = optimizer.init(params), jax.numpy.zeros((1, 3)), []
    for _ in range(24):
        seen.append(float(SCHEDULE(state.gradient_step)))
        gradient = jax.grad(loss)(params, nothing, state.gradient_step)
        change, state = optimizer.update(gradient, state, params)
        params = optax.apply_updates(params, change)
    assert seen == CLOSE([value for value in SCHEDULE.values() for _ in range(2)])
