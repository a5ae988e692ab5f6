"""Trains in Lightning in two processes, the other of which Lightning starts itself.

    python in_lightning.py FOLDER

Every process leaves what it saw in ``rank<N>.json``: for each kind of run the beta of its batches,
in the whole run and in one that is resumed, what the monitor saw and said, and the weights.
"""

import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch

from unvanish import Cyclical
from unvanish.integrations.lightning import CollapseMonitor, KLAnnealing
from unvanish.measures import CollapseWatch

SAVED_AT = {"plain": 6, "accumulating": 3, "two optimizers": 12}
"""Kinds of runs, and the global step that is resumed from."""


class Watch(CollapseWatch):
    """Warns at once, and notes the KL."""

    def __init__(self) -> None:
        super().__init__(threshold=100.0, patience=1, grace=0)

    def observe(
        self, kl: float, *, beta: float | None, information: float | None = None
    ) -> str | None:
        """Note the KL."""
        self.latest = kl
        return super().observe(kl, beta=beta, information=information)


class Model(lightning.LightningModule):
    """A latent variable that the encoder must give up, and notes on beta."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(3, 4)
        self.beta = 0.25
        self.seen: list[float] = []
        self.seen_in_validation: list[float] = []

    def training_step(self, batch: torch.Tensor, batch_idx: int) -> torch.Tensor:
        """Give the loss."""
        self.seen.append(self.beta)
        mean, logvar = self.layer(batch).chunk(2, dim=1)
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(dim=1).mean()
        return (mean.sum(dim=1) - batch[:, 0]).square().mean() + self.beta * kl

    def validation_step(self, batch: torch.Tensor, batch_idx: int) -> dict[str, torch.Tensor]:
        """Give the posteriors."""
        self.seen_in_validation.append(self.beta)
        mean, logvar = self.layer(batch).chunk(2, dim=1)
        return {"mean": mean, "logvar": logvar}

    def configure_optimizers(self) -> Any:
        """Give the optimizer."""
        return torch.optim.Adam(self.parameters(), lr=0.01)


class TwoOptimizers(Model):
    """Steps two optimizers a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch: torch.Tensor, batch_idx: int) -> None:
        """Make an update of each."""
        loss = super().training_step(batch, batch_idx)
        self.manual_backward(loss)
        for optimizer in self.optimizers():
            optimizer.step()
            optimizer.zero_grad()

    def configure_optimizers(self) -> Any:
        """Give an optimizer for the weights and one for the biases."""
        parts = [self.layer.weight], [self.layer.bias]
        return [torch.optim.Adam(part, lr=0.01) for part in parts]


def batches(seed: int) -> torch.utils.data.DataLoader[torch.Tensor]:
    """Give 12 batches, of which Lightning gives each process half."""
    rows = torch.randn(48, 3, generator=torch.Generator().manual_seed(seed))
    return torch.utils.data.DataLoader(rows, batch_size=4)


def run(kind: str, folder: Path, checkpoint: Path | None = None) -> dict[str, Any]:
    """Train 2 epochs of 6 batches a process."""
    model = TwoOptimizers() if kind == "two optimizers" else Model()
    monitor = CollapseMonitor(watch=Watch())
    saving = lightning.callbacks.ModelCheckpoint(
        folder, "{step}", save_top_k=-1, every_n_train_steps=SAVED_AT[kind]
    )
    trainer = lightning.Trainer(
        accelerator="cpu",
        devices=2,
        strategy="ddp",
        max_epochs=2,
        accumulate_grad_batches=2 if kind == "accumulating" else 1,
        callbacks=[KLAnnealing(Cyclical(n_cycles=3), evaluate_at=1.0), monitor, saving],
        num_sanity_val_steps=0,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        trainer.fit(model, batches(1), batches(2), ckpt_path=checkpoint)
    return {
        "rank": trainer.global_rank,
        "beta": model.seen,
        "validation": sorted(set(model.seen_in_validation)),
        "weights": [weight.tolist() for weight in model.parameters()],
        "kl": float(monitor.kl_per_dimension.sum()),
        "watched": monitor.watch.latest,
        "logged": {name: float(value) for name, value in trainer.logged_metrics.items()},
        "warnings": [str(one.message) for one in told if "collapsing" in str(one.message)],
    }


if __name__ == "__main__":
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    folder = Path(sys.argv[1])
    runs: dict[str, Any] = {}
    for kind, step in SAVED_AT.items():
        whole = run(kind, folder / kind)
        resumed = run(kind, folder / kind, folder / kind / f"step={step}.ckpt")
        runs[kind] = {"whole": whole, "resumed": resumed}
    (folder / f"rank{whole['rank']}.json").write_text(json.dumps(runs))
