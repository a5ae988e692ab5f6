"""KL annealing in a training loop of plain torch.

Ten sequences, each all zeros but for a single one. The decoder sees all symbols before the one it
predicts, so it can do without z: with beta = 1 from the start, the KL vanishes.
"""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from unvanish import Constant, Cyclical
from unvanish.integrations.torch import schedule_attribute
from unvanish.objectives import elbo, kl_gaussian

STEPS, LENGTH, LATENT, HIDDEN = 1200, 10, 2, 32
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
        self.beta = 0.0

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Give rec, one number a sequence, and kl, one a latent dimension."""
        mean, logvar = self.encoder(x).chunk(2, dim=-1)
        z = mean + torch.randn_like(mean) * (0.5 * logvar).exp()
        seen = x.unsqueeze(1) * PAST
        place = torch.eye(LENGTH).expand_as(seen)
        everywhere = z.unsqueeze(1).expand(-1, LENGTH, -1)
        logits = self.decoder(torch.cat([seen, place, everywhere], dim=-1)).squeeze(-1)
        rec = binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return rec, kl_gaussian(mean, logvar)


def train(schedule: Constant | Cyclical) -> VAE:
    """Train a new model."""
    torch.manual_seed(0)
    model = VAE()
    # --- copy from here: beta follows the optimizer's steps ---
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    beta = schedule_attribute(model, "beta", schedule, optimizer=optimizer)
    for _ in range(STEPS):
        rec, kl = model(SEQUENCES)
        loss = -elbo(rec, kl, model.beta)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    # --- to here; save beta.state_dict() with the model's and the optimizer's ---
    assert beta.last_step == STEPS
    return model


if __name__ == "__main__":
    for name, schedule in {"constant": Constant(1.0), "cyclical": Cyclical(STEPS)}.items():
        rec, kl = train(schedule)(SEQUENCES.repeat(50, 1))
        print(f"{name}  kl {kl.sum(1).mean():.2f} nats, rec {rec.mean():.2f} nats")
