"""The Trainer of transformers: a VAE whose latent variable vanishes, and its callback.

Ten sequences of ten symbols, each all 0 but for a single 1 at its own place. The decoder reads the
symbols before the one it predicts, and so can do without z: with beta = 1 from the start it does,
and the KL stays near 0.

The lines to copy into a program of your own are marked with "# <-".
"""

import tempfile

import torch
from torch import nn
from transformers import Trainer, TrainingArguments

from unvanish import Constant, Cyclical  # <-
from unvanish.integrations.transformers import KLAnnealingCallback  # <-

SEQUENCES = torch.eye(10)
UPDATES = 600


class VAE(nn.Module):
    """An encoder, and a decoder that predicts one symbol after the other."""

    def __init__(self, hidden_size=64, latent_size=2):
        super().__init__()
        self.beta = 1.0  # <- the weight of the KL, which the callback sets
        self.encoder = nn.Sequential(
            nn.Linear(10, hidden_size), nn.Tanh(), nn.Linear(hidden_size, 2 * latent_size)
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent_size + 10 + 10, hidden_size), nn.Tanh(), nn.Linear(hidden_size, 2)
        )

    def terms(self, x):
        """Give the two terms of the negative ELBO, in nats per sequence."""
        mean, logvar = self.encoder(x).chunk(2, dim=-1)
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(dim=-1)
        z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
        earlier = x[:, None] * torch.ones(10, 10).tril(-1)  # what the decoder reads at each place
        places = torch.eye(10).expand(len(x), 10, 10)
        logits = self.decoder(torch.cat([z[:, None].expand(-1, 10, -1), earlier, places], dim=-1))
        rec = nn.functional.cross_entropy(logits.transpose(1, 2), x.long(), reduction="none")
        return rec.sum(dim=-1).mean(), kl.mean()

    def forward(self, x):
        """Give the loss of a batch."""
        rec, kl = self.terms(x)
        beta = self.beta if self.training else 1.0  # <- an evaluation is of the ELBO
        return {"loss": rec + beta * kl}  # <-


def train(schedule, folder):
    """Train a model and give its KL in nats per sequence."""
    torch.manual_seed(1)
    model = VAE()
    arguments = TrainingArguments(
        folder,
        max_steps=UPDATES,
        per_device_train_batch_size=len(SEQUENCES),
        learning_rate=0.01,
        lr_scheduler_type="constant",
        logging_steps=100,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        dataloader_pin_memory=False,
    )
    data = [{"x": sequence} for sequence in SEQUENCES.repeat(UPDATES, 1)]
    trainer = Trainer(model, arguments, train_dataset=data)
    KLAnnealingCallback(schedule).attach(trainer)  # <-
    trainer.train()
    with torch.no_grad():
        return model.terms(SEQUENCES)[1].item()


if __name__ == "__main__":
    torch.set_num_threads(1)
    schedules = {"constant": Constant(1.0), "cyclical": Cyclical(n_cycles=4)}  # <-
    with tempfile.TemporaryDirectory() as folder:
        for name, schedule in schedules.items():
            print(f"{name}  kl {train(schedule, folder):.2f} nats", flush=True)
