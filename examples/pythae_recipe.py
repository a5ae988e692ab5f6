"""A schedule for the beta of pythae, which has none: a callback of its trainer.

Two surprises of pythae 0.1.2. ``on_train_step_begin`` comes once an epoch, ``on_train_step_end``
after every update. And the trainer keeps the model of the epoch whose loss was lowest, which under
annealing is one where beta was low: give it validation data and let validation use beta = 1.
"""

import tempfile
from typing import Any

import torch
from pythae.data.datasets import BaseDataset
from pythae.models import BetaVAE, BetaVAEConfig
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback

from unvanish import Cyclical, Schedule

EPOCHS, EXAMPLES, BATCH = 4, 64, 16


# --- copy from here ---
class KLAnnealing(TrainingCallback):
    """Sets model.beta before every update, and to 1 for validation."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule, self.updates = schedule, 0

    def on_train_step_begin(self, training_config: Any, *, model: BetaVAE, **_: Any) -> None:
        """Begin an epoch."""
        model.beta = self.schedule(self.updates)

    def on_train_step_end(self, training_config: Any, *, model: BetaVAE, **_: Any) -> None:
        """Go on to the next update."""
        self.updates += 1
        model.beta = self.schedule(self.updates)

    def on_eval_step_begin(self, training_config: Any, *, model: BetaVAE, **_: Any) -> None:
        """Judge by the ELBO."""
        model.beta = 1.0


# --- to here ---


class Recording(BetaVAE):
    """Keeps the beta of every batch it was trained and validated with."""

    trained: list[float]
    validated: list[float]

    def loss_function(self, *args: torch.Tensor) -> Any:
        """Note beta."""
        (self.trained if torch.is_grad_enabled() else self.validated).append(self.beta)
        return super().loss_function(*args)


def train(schedule: Schedule) -> Recording:
    """Train a small model on noise."""
    torch.manual_seed(0)
    model = Recording(BetaVAEConfig(input_dim=(8,), latent_dim=2, beta=1.0))
    model.trained, model.validated = [], []
    data = torch.rand(EXAMPLES, 8)
    with tempfile.TemporaryDirectory() as folder:
        config = BaseTrainerConfig(
            output_dir=folder,
            num_epochs=EPOCHS,
            per_device_train_batch_size=BATCH,
            per_device_eval_batch_size=BATCH,
            no_cuda=True,
        )
        both = [BaseDataset(data, torch.zeros(EXAMPLES)) for _ in range(2)]
        trainer = BaseTrainer(
            model, *both, training_config=config, callbacks=[KLAnnealing(schedule)]
        )
        model.trained.clear()  # the trainer has tried a batch
        model.validated.clear()
        trainer.train()
    return model


if __name__ == "__main__":
    schedule = Cyclical(EPOCHS * EXAMPLES // BATCH)
    model = train(schedule)
    assert model.trained == schedule.values(), model.trained
    assert set(model.validated) == {1.0}
    print("beta", *(f"{value:.2f}" for value in model.trained))
