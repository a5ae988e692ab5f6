"""KL annealing in an engine of PyTorch-Ignite.

Ten sequences, each all zeros but for a single one. The decoder sees all symbols before the one it
predicts, so it can do without z: with beta = 1 from the start, the KL vanishes.
"""

import torch
from ignite.engine import Engine, Events
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from unvanish import Constant, Cyclical
from unvanish.integrations.ignite import KLAnnealing

EPOCHS, BATCHES, LENGTH, LATENT, HIDDEN = 12, 100, 10, 2, 32
SEQUENCES = torch.eye(LENGTH)
PAST = torch.ones(LENGTH, LENGTH).tril(-1)


class VAE(nn.Module):
    """z and all earlier symbols predict the next."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(LENGTH, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 2 * LATENT)
        )
        self.decoder = nn.Sequential(
            nn.Linear(2 * LENGTH + LATENT, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 1)
        )

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Give the means over sequences of rec and of kl, in nats."""
        mean, logvar = self.encoder(x).chunk(2, dim=-1)
        z = mean + torch.randn_like(mean) * (0.5 * logvar).exp()
        seen = x.unsqueeze(1) * PAST
        place = torch.eye(LENGTH).expand_as(seen)
        everywhere = z.unsqueeze(1).expand(-1, LENGTH, -1)
        logits = self.decoder(torch.cat([seen, place, everywhere], dim=-1)).squeeze(-1)
        rec = binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        kl = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).sum(1)
        return rec.mean(), kl.mean()


def train(schedule: Constant | Cyclical) -> VAE:
    """Train a new model."""
    torch.manual_seed(0)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    # --- copy from here ---
    def update(engine: Engine, x: torch.Tensor) -> dict[str, float]:
        rec, kl = model(x)
        optimizer.zero_grad()
        (rec + engine.state.beta * kl).backward()
        optimizer.step()
        return {"rec": rec.item(), "kl": kl.item()}

    trainer = Engine(update)
    KLAnnealing(schedule).attach(trainer)
    # --- to here; ProgressBar().attach(trainer, state_attributes=["beta"]) shows it ---
    betas: list[float] = []
    trainer.add_event_handler(Events.ITERATION_STARTED, lambda e: betas.append(e.state.beta))
    trainer.run([SEQUENCES] * BATCHES, max_epochs=EPOCHS)
    assert betas[-1] == 1.0
    return model


if __name__ == "__main__":
    for name, schedule in {"constant": Constant(1.0), "cyclical": Cyclical()}.items():
        rec, kl = train(schedule)(SEQUENCES.repeat(50, 1))
        print(f"{name}  kl {kl:.2f} nats, rec {rec:.2f} nats")
