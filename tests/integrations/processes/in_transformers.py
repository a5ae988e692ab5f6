"""One of several processes of the Trainer of transformers.

    torchrun --nproc-per-node 2 in_transformers.py FOLDER

Every process leaves what it saw in ``rank<N>.json``: the beta of its batches, in the whole run and
in one that is resumed, what was logged, and the weights both end with.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainingArguments

from unvanish import Cyclical
from unvanish.integrations.transformers import KLAnnealingCallback


class Model(torch.nn.Module):
    """Reads beta in its loss and notes it."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(3, 4)
        self.beta = 0.25
        self.seen: list[float] = []

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Give the loss."""
        self.seen.append(self.beta)
        mean, logvar = self.layer(x).chunk(2, dim=1)
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(dim=1).mean()
        return {"loss": (mean.sum(dim=1) - x[:, 0]).square().mean() + self.beta * kl}


def run(folder: Path, resume: str | None = None) -> dict[str, Any]:
    """Train 12 updates of 2 batches a process."""
    generator = torch.Generator().manual_seed(1)
    rows = [{"x": torch.randn(3, generator=generator)} for _ in range(96)]
    arguments = TrainingArguments(
        str(folder),
        use_cpu=True,
        ddp_backend="gloo",
        num_train_epochs=2,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=2,
        learning_rate=0.1,
        logging_steps=1,
        save_strategy="steps",
        save_steps=4,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    model = Model()
    trainer = Trainer(model, arguments, train_dataset=rows)
    KLAnnealingCallback(Cyclical(n_cycles=3)).attach(trainer)
    trainer.train(resume_from_checkpoint=resume)
    return {
        "rank": arguments.process_index,
        "beta": model.seen,
        "logged": [log["beta"] for log in trainer.state.log_history if "beta" in log],
        "weights": [weight.tolist() for weight in model.parameters()],
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    whole = run(folder / "run")
    resumed = run(folder / "run", str(folder / "run" / "checkpoint-4"))
    name = f"rank{whole['rank']}.json"
    (folder / name).write_text(json.dumps({"whole": whole, "resumed": resumed}))
    torch.distributed.destroy_process_group()
