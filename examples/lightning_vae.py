"""Lightning: a VAE whose latent variable vanishes, and the callback that keeps it alive.

Ten sequences of ten symbols, each all 0 but for a single 1 at its own place. The decoder reads the
symbols before the one it predicts, and so can do without z: with beta = 1 from the start it does,
and the KL stays near 0.

The lines to copy into a program of your own are marked with "# <-".
"""

import lightning.pytorch as pl
import torch
from torch import nn

from unvanish import Constant, Cyclical  # <-
from unvanish.integrations.lightning import KLAnnealing  # <-

SEQUENCES = torch.eye(10)
UPDATES = 600


class VAE(pl.LightningModule):
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

    def training_step(self, batch, batch_idx):
        """Give the loss of a batch."""
        rec, kl = self.terms(batch)
        return rec + self.beta * kl  # <-

    def configure_optimizers(self):
        """Give the optimizer."""
        return torch.optim.Adam(self.parameters(), lr=0.01)


def train(schedule):
    """Train a model and give its KL in nats per sequence."""
    pl.seed_everything(1, verbose=False)
    model = VAE()
    loader = torch.utils.data.DataLoader(SEQUENCES.repeat(UPDATES, 1), batch_size=len(SEQUENCES))
    trainer = pl.Trainer(
        callbacks=[KLAnnealing(schedule)],  # <-
        max_epochs=1,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        enable_progress_bar=False,
    )
    trainer.fit(model, loader)
    with torch.no_grad():
        return model.terms(SEQUENCES)[1].item()


if __name__ == "__main__":
    torch.set_num_threads(1)
    schedules = {"constant": Constant(1.0), "cyclical": Cyclical(n_cycles=4)}  # <-
    for name, schedule in schedules.items():
        print(f"{name}  kl {train(schedule):.2f} nats", flush=True)
