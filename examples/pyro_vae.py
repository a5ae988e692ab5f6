"""KL annealing in SVI of Pyro: poutine.scale weighs the latent site by beta.

Ten sequences, each all zeros but for a single one. The decoder sees all symbols before the one it
predicts, so it can do without z: with beta = 1 from the start, the KL vanishes.
"""

import pyro
import pyro.distributions as dist
import torch
from pyro import poutine
from pyro.infer import SVI, TraceMeanField_ELBO
from torch import nn

from unvanish import Constant, Cyclical

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

    # --- copy from here: in both, the scale is around the sample site of z alone ---
    def model(self, x: torch.Tensor, beta: float = 1.0) -> None:
        """Give p(z) and p(x | z)."""
        pyro.module("vae", self)
        with pyro.plate("sequences", len(x)):
            with poutine.scale(scale=beta):
                z = pyro.sample("z", dist.Normal(torch.zeros(LATENT), 1.0).to_event(1))
            pyro.sample("x", dist.Bernoulli(logits=self.logits(x, z)).to_event(1), obs=x)

    def guide(self, x: torch.Tensor, beta: float = 1.0) -> None:
        """Give q(z | x)."""
        with pyro.plate("sequences", len(x)), poutine.scale(scale=beta):
            pyro.sample("z", self.posterior(x))

    # --- to here, and two lines below ---

    def posterior(self, x: torch.Tensor) -> dist.TorchDistribution:
        """Give q(z|x)."""
        mean, logvar = self.encoder(x).chunk(2, dim=-1)
        return dist.Normal(mean, (0.5 * logvar).exp()).to_event(1)

    def logits(self, x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """Give the logits of all symbols."""
        seen = x.unsqueeze(1) * PAST
        place = torch.eye(LENGTH).expand_as(seen)
        everywhere = z.unsqueeze(1).expand(-1, LENGTH, -1)
        return self.decoder(torch.cat([seen, place, everywhere], dim=-1)).squeeze(-1)


def train(schedule: Constant | Cyclical) -> VAE:
    """Train a new model."""
    pyro.clear_param_store()
    pyro.set_rng_seed(0)
    vae = VAE()
    optimizer = pyro.optim.Adam({"lr": 0.01})
    svi = SVI(vae.model, vae.guide, optimizer, loss=TraceMeanField_ELBO())
    beta = schedule.clamp(1e-9, 1.0)  # <- copy; Pyro refuses a scale of 0
    for step in range(STEPS):
        svi.step(SEQUENCES, beta=beta(step))  # <- copy
    return vae


def kl(vae: VAE) -> torch.Tensor:
    """Give KL(q(z|x) || p(z)), the mean over sequences in nats."""
    prior = dist.Normal(torch.zeros(LATENT), 1.0).to_event(1)
    return torch.distributions.kl_divergence(vae.posterior(SEQUENCES), prior).mean()


if __name__ == "__main__":
    for name, schedule in {"constant": Constant(1.0), "cyclical": Cyclical(STEPS)}.items():
        print(f"{name}  kl {kl(train(schedule)):.2f} nats")
