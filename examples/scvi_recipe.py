"""A schedule for the KL of scvi-tools, whose own weight is one ramp: a training plan of one's own.

Any model with a ``kl_weight`` in its loss takes it. Gene counts of noise are enough to see that
the weight is the schedule's; what annealing does for them is no question here.
"""

from typing import Any

import anndata
import numpy as np
import scvi
import torch
from lightning.pytorch.callbacks import Callback
from scvi.train import TrainingPlan

from unvanish import Cyclical, Schedule

EPOCHS, CELLS, GENES, BATCH = 8, 128, 20, 32


# --- copy from here ---
class AnnealedPlan(TrainingPlan):
    """The usual plan, with a schedule in place of the warm-up."""

    def __init__(self, module: Any, schedule: Schedule, **kwargs: Any) -> None:
        object.__setattr__(self, "schedule", schedule)  # before super, which asks for kl_weight
        super().__init__(module, **kwargs)

    @property
    def kl_weight(self) -> torch.Tensor:
        """The weight of the step about to be trained."""
        return torch.tensor(self.schedule(self.global_step), device=self.device)


# --- to here, and the lines marked below ---


class Weights(Callback):
    """What every update used."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def on_train_batch_end(self, trainer: Any, plan: Any, *_: Any) -> None:
        """Keep it."""
        self.values.append(float(plan.loss_kwargs["kl_weight"]))


def train(schedule: Schedule) -> list[float]:
    """Train a small model and give the weight of every update."""
    scvi.settings.seed = 0
    counts = np.random.default_rng(0).poisson(3.0, (CELLS, GENES)).astype("float32")
    data = anndata.AnnData(counts)
    scvi.model.SCVI.setup_anndata(data)
    model = scvi.model.SCVI(data, n_hidden=16, n_latent=2)
    model._training_plan_cls = AnnealedPlan  # <- copy
    weights = Weights()
    model.train(
        max_epochs=EPOCHS,
        train_size=1.0,
        batch_size=BATCH,
        plan_kwargs={"schedule": schedule},  # <- copy
        callbacks=[weights],
        accelerator="cpu",
        enable_progress_bar=False,
    )
    return weights.values


if __name__ == "__main__":
    schedule = Cyclical(EPOCHS * CELLS // BATCH)
    seen = train(schedule)
    assert np.allclose(seen, schedule.values(), atol=1e-6), seen
    print("kl_weight", *(f"{value:.2f}" for value in seen))
