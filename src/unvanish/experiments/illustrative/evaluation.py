"""Measuring an illustrative model at a moment of its training."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from ...measures import (
    Estimate,
    active_units,
    index_information,
    information_bound,
    marginal_kl,
    rate,
)
from ...measures.diagnosis import Losses, Verdict, judge, measure
from ...models import TextVAE
from ...nn import DiagonalGaussian
from .problem import MODEL, N_SEQUENCES, Settings, sequences

__all__ = ["Frame", "draw_noise", "evaluate", "identified"]

_MEASURED = 1_000
"""Samples of z a sequence for the two parts of the KL. Unlike those of the pictures they differ
between sequences, which makes the errors smaller."""

_DECODED = 64
"""Points of a scrambled Sobol sequence for rec: its error is about half that of 300 random draws
(Owen, 1997, Scrambled net variance for integrals of smooth functions)."""


@dataclass(frozen=True)
class Frame:
    """A run at one moment; everything in nats per sequence.

    Args:
        step: Training steps done.
        rec: Reconstruction loss, averaged over samples of z.
        kl: KL from the prior in closed form.
        information: I_q(z, n), the first part of the KL in eq. (8).
        marginal_kl: KL of all posteriors together from the prior, the second part.
        active_units: Latent dimensions whose posterior mean varies by more than 0.01.
        verdict: Whether z is alive, by the rules of :mod:`unvanish.measures.diagnosis`.
        silent: Latent dimensions, from 1, that tell less than 0.01 nats.
        identified: How often the posterior that is most probable at a sample is its own.
        mean: Means of the ten posteriors.
        logvar: Logarithms of their variances.
    """

    step: int
    rec: float
    kl: float
    information: Estimate
    marginal_kl: Estimate
    active_units: int
    verdict: Verdict
    silent: tuple[int, ...]
    identified: float
    mean: Float[ndarray, "sequences latent"]
    logvar: Float[ndarray, "sequences latent"]

    @property
    def loss(self) -> float:
        """The negative elbo, rec + kl, whatever beta the training has."""
        return self.rec + self.kl

    @property
    def bound(self) -> float:
        """The least that z must tell for sequences to be reconstructed so well, eq. (11)."""
        return information_bound(self.rec, N_SEQUENCES)

    def samples(self, noise: Float[ndarray, "draws latent"]) -> Float[ndarray, "draws 10 latent"]:
        """Give z of every sequence for every noise vector.

        Args:
            noise: What :func:`draw_noise` gave.
        """
        z: ndarray = self.mean + np.exp(0.5 * self.logvar) * noise[:, None]
        return z


def draw_noise(settings: Settings) -> Float[ndarray, "draws latent"]:
    """Draw the noise of the pictures; it depends on the first seed alone."""
    source = np.random.default_rng((settings.seed, 2))
    return source.standard_normal((settings.draws, MODEL.latent_size))


def _even_noise(shape: tuple[int, int]) -> Float[Tensor, "draws sequences latent"]:
    """Spread standard normal numbers evenly over the space of all sequences' z."""
    engine: Any = torch.quasirandom.SobolEngine  # untyped
    sequence = engine(shape[0] * shape[1], scramble=True, seed=0)
    smallest = torch.finfo(torch.float64).eps
    uniform: Tensor = sequence.draw(_DECODED, dtype=torch.float64).clamp(smallest, 1 - smallest)
    noise: Tensor = torch.special.ndtri(uniform).float()
    return noise.view(_DECODED, *shape)


def _of_others(z: Float[Tensor, "draws 10 latent"]) -> Float[Tensor, "draws 10 latent"]:
    """Give every sequence z of another one, of each of the others equally often."""
    shifted = [draw.roll(1 + k % (N_SEQUENCES - 1), 0) for k, draw in enumerate(z)]
    return torch.stack(shifted)


def identified(
    mean: Float[ndarray, "sequences latent"],
    logvar: Float[ndarray, "sequences latent"],
    *,
    samples: int = _MEASURED,
    seed: int = 2,
) -> float:
    """Give how often the posterior under which a sample is most probable is the sample's own.

    Args:
        mean: Means of the posteriors.
        logvar: Logarithms of their variances.
        samples: Samples of each.
        seed: Of the samples.

    Example:
        >>> far_apart = 100.0 * np.arange(3.0)[:, None]
        >>> identified(far_apart, np.zeros((3, 1)))
        1.0
    """
    noise = np.random.default_rng(seed).standard_normal((samples, *mean.shape))
    z = mean + np.exp(0.5 * logvar) * noise
    squares = (z[:, :, None] - mean) ** 2 * np.exp(-logvar) + logvar
    nearest = squares.sum(-1).argmin(-1)
    return float((nearest == np.arange(len(mean))).mean())


@torch.no_grad()
def evaluate(model: TextVAE, step: int) -> Frame:
    """Measure a model on the ten sequences.

    Every evaluation takes the same noise, so that differences are differences of models. The two
    parts of the KL take different noise, so that their errors are independent.

    Args:
        model: The model, on the processor.
        step: Training steps done.
    """
    tokens, lengths = sequences()
    posterior = cast(DiagonalGaussian, model.encode(tokens, lengths))
    mean = posterior.mean.double().numpy()
    logvar = posterior.logvar.double().numpy()
    z = posterior.mean + torch.exp(0.5 * posterior.logvar) * _even_noise(mean.shape)
    repeated = tokens.repeat(_DECODED, 1), lengths.repeat(_DECODED)
    own, other = (
        model.decode(latents.flatten(0, 1), *repeated).double().sum(-1).view(_DECODED, -1).mean(0)
        for latents in (z, _of_others(z))
    )
    found = judge(measure(mean, logvar, Losses(own, other), complete=True))
    return Frame(
        step=step,
        rec=float(own.mean()),
        kl=float(rate(mean, logvar).sum(1).mean()),
        information=index_information(mean, logvar, samples=_MEASURED, seed=0),
        marginal_kl=marginal_kl(mean, logvar, samples=_MEASURED, seed=1),
        active_units=active_units(mean),
        verdict=found.verdict,
        silent=found.figures.silent_dimensions(),
        identified=identified(mean, logvar),
        mean=mean,
        logvar=logvar,
    )
