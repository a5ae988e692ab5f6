"""KL annealing in a loop of JAX and optax: the schedule is a function that jit traces.

Ten sequences, each all zeros but for a single one. The decoder sees all symbols before the one it
predicts, so it can do without z: with beta = 1 from the start, the KL vanishes.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax

from unvanish import Constant, Cyclical

STEPS, LENGTH, LATENT, HIDDEN = 1200, 10, 2, 32
SEQUENCES = jnp.eye(LENGTH)
PAST = jnp.tril(jnp.ones((LENGTH, LENGTH)), -1)
OPTIMIZER = optax.adam(0.01)


def initialise(key: Any) -> dict[str, Any]:
    """Give the parameters of an encoder and of a decoder that sees z and all earlier symbols."""
    sizes = {
        "encoder": (LENGTH, HIDDEN),
        "posterior": (HIDDEN, 2 * LATENT),
        "decoder": (2 * LENGTH + LATENT, HIDDEN),
        "logit": (HIDDEN, 1),
    }
    keys = jax.random.split(key, len(sizes))
    weights = jax.nn.initializers.lecun_uniform()
    return {
        name: (weights(key, size), jnp.zeros(size[1]))
        for key, (name, size) in zip(keys, sizes.items(), strict=True)
    }


def dense(params: tuple[Any, Any], x: Any) -> Any:
    """Give an affine function of x."""
    return x @ params[0] + params[1]


def parts(params: dict[str, Any], x: Any, key: Any) -> tuple[Any, Any]:
    """Give the means over sequences of rec and of kl, in nats."""
    hidden = jnp.tanh(dense(params["encoder"], x))
    mean, logvar = jnp.split(dense(params["posterior"], hidden), 2, axis=-1)
    z = mean + jax.random.normal(key, mean.shape) * jnp.exp(0.5 * logvar)
    seen = x[:, None] * PAST
    place = jnp.broadcast_to(jnp.eye(LENGTH), seen.shape)
    everywhere = jnp.repeat(z[:, None], LENGTH, axis=1)
    hidden = jnp.tanh(dense(params["decoder"], jnp.concatenate([seen, place, everywhere], -1)))
    logits = dense(params["logit"], hidden)[..., 0]
    rec = optax.sigmoid_binary_cross_entropy(logits, x).sum(1)
    kl = 0.5 * (mean**2 + jnp.exp(logvar) - 1 - logvar).sum(1)
    return rec.mean(), kl.mean()


# --- copy from here ---
@partial(jax.jit, static_argnames="schedule")
def update(params: Any, state: Any, step: int, key: Any, schedule: Any) -> tuple[Any, Any]:
    """Make one update; beta belongs to the step, which jit traces like any number."""

    def loss(params: Any) -> Any:
        rec, kl = parts(params, SEQUENCES, jax.random.fold_in(key, step))
        return rec + schedule(step) * kl

    changes, state = OPTIMIZER.update(jax.grad(loss)(params), state, params)
    return optax.apply_updates(params, changes), state


# --- to here; save the step with the parameters and the state ---


def train(schedule: Constant | Cyclical) -> dict[str, Any]:
    """Train a new model."""
    key = jax.random.key(0)
    params = initialise(key)
    state = OPTIMIZER.init(params)
    for step in range(STEPS):
        params, state = update(params, state, step, key, schedule)
    return params


if __name__ == "__main__":
    for name, schedule in {"constant": Constant(1.0), "cyclical": Cyclical(STEPS)}.items():
        rec, kl = parts(train(schedule), jnp.tile(SEQUENCES, (50, 1)), jax.random.key(1))
        print(f"{name}  kl {kl:.2f} nats, rec {rec:.2f} nats")
