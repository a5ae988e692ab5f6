"""KL annealing in model.fit of Keras 3, with any backend (torch unless KERAS_BACKEND says so).

Ten sequences, each all zeros but for a single one. The decoder sees all symbols before the one it
predicts, so it can do without z: with beta = 1 from the start, the KL vanishes.
"""

import os
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras import layers, ops

from unvanish import Constant, Cyclical
from unvanish.integrations.keras import KLAnnealing

EPOCHS, BATCHES, LENGTH, LATENT, HIDDEN = 10, 100, 10, 2, 32
SEQUENCES = np.tile(np.eye(LENGTH, dtype="float32"), (BATCHES, 1))
PAST = np.tril(np.ones((LENGTH, LENGTH), dtype="float32"), -1)


class VAE(keras.Model):
    """z and all earlier symbols predict the next."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = keras.Sequential(
            [layers.Dense(HIDDEN, activation="tanh"), layers.Dense(2 * LATENT)]
        )
        self.decoder = keras.Sequential(
            [layers.Dense(HIDDEN, activation="tanh"), layers.Dense(1), layers.Flatten()]
        )
        self.noise = keras.random.SeedGenerator(0)
        self.beta = keras.Variable(0.0, trainable=False)  # <- copy

    def call(self, x: Any) -> tuple[Any, Any, Any]:
        """Give the logits of all symbols, and what q(z|x) is."""
        mean, logvar = ops.split(self.encoder(x), 2, axis=-1)
        z = mean + keras.random.normal(ops.shape(mean), seed=self.noise) * ops.exp(0.5 * logvar)
        seen = ops.multiply(ops.expand_dims(x, 1), PAST)
        place = ops.broadcast_to(ops.eye(LENGTH), ops.shape(seen))
        everywhere = ops.repeat(ops.expand_dims(z, 1), LENGTH, axis=1)
        logits = self.decoder(ops.concatenate([seen, place, everywhere], axis=-1))
        return logits, mean, logvar

    def parts(self, x: Any, y_pred: Any) -> tuple[Any, Any]:
        """Give the means over sequences of rec and of kl, in nats."""
        logits, mean, logvar = y_pred
        rec = ops.sum(ops.softplus(logits) - x * logits, axis=1)
        kl = 0.5 * ops.sum(ops.square(mean) + ops.exp(logvar) - 1 - logvar, axis=1)
        return ops.mean(rec), ops.mean(kl)

    def compute_loss(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Give the loss; in validation the true one, with beta = 1."""
        rec, kl = self.parts(x, y_pred)
        return rec + (self.beta if training else 1.0) * kl  # <- copy


def train(schedule: Constant | Cyclical) -> VAE:
    """Train a new model."""
    keras.utils.set_random_seed(0)
    model = VAE()
    # --- copy from here ---
    model.compile(keras.optimizers.Adam(0.02))
    annealing = KLAnnealing(schedule)
    history = model.fit(
        SEQUENCES, epochs=EPOCHS, batch_size=LENGTH, verbose=0, callbacks=[annealing]
    )
    # --- to here ---
    assert history.history["beta"][-1] == 1.0
    return model


if __name__ == "__main__":
    for name, schedule in {"constant": Constant(1.0), "cyclical": Cyclical()}.items():
        model = train(schedule)
        x = ops.convert_to_tensor(SEQUENCES)
        rec, kl = map(ops.convert_to_numpy, model.parts(x, model(x)))
        print(f"{name}  kl {kl:.2f} nats, rec {rec:.2f} nats")
