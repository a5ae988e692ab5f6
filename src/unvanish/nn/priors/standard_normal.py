"""The standard normal prior."""

import torch
from torch import Tensor

from ...config import StandardNormalConfig
from ..gaussian import DiagonalGaussian
from . import Prior

__all__ = ["StandardNormalPrior"]


class StandardNormalPrior(Prior):
    """N(0, I).

    Args:
        config: The settings; a standard normal has none.
        latent_size: Number of dimensions of z.
    """

    zeros: Tensor

    def __init__(self, config: StandardNormalConfig, *, latent_size: int) -> None:
        super().__init__()
        self.register_buffer("zeros", torch.zeros(latent_size), persistent=False)

    def forward(self) -> DiagonalGaussian:
        """Give the distribution, of shape ``(latent,)``."""
        return DiagonalGaussian(self.zeros, self.zeros)
