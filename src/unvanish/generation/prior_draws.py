"""Latent vectors from the prior."""

import torch
from jaxtyping import Float
from torch import Tensor

from ..config import UsageError
from ..models import TextVAE

__all__ = ["draw_latents"]


def draw_latents(
    model: TextVAE, n: int, *, generator: torch.Generator | None = None
) -> Float[Tensor, "n latent"]:
    """Draw z from p(z), on the model's device.

    Args:
        model: A model whose prior needs no input.
        n: How many.
        generator: Source of the noise; torch's own when absent.

    Raises:
        UsageError: If ``n`` is below 1.
    """
    if n < 1:
        raise UsageError(f"{n} sentences cannot be drawn: give at least 1")
    place = None if generator is None else generator.device
    noise = torch.randn(n, model.config.latent_size, generator=generator, device=place)
    with torch.no_grad():
        z: Tensor = model.prior().rsample(noise.to(next(model.parameters()).device))
    return z
