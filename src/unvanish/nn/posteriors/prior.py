"""The prior as q(z|x)."""

import torch
from jaxtyping import Float
from torch import Tensor

from ...config import PriorPosteriorConfig
from ..gaussian import DiagonalGaussian
from . import Posterior

__all__ = ["PriorPosterior"]


class PriorPosterior(Posterior):
    """N(0, I) for every sentence: the one prior there is, from which its KL is exactly 0.

    Args:
        config: The settings; there are none.
        features_size: Size of the encoder's feature vector, which is not read.
        latent_size: Number of dimensions of z.
    """

    zeros: Tensor

    def __init__(
        self, config: PriorPosteriorConfig, *, features_size: int, latent_size: int
    ) -> None:
        super().__init__()
        self.register_buffer("zeros", torch.zeros(latent_size), persistent=False)

    def forward(self, features: Float[Tensor, "batch features"]) -> DiagonalGaussian:
        """Give q(z|x) = p(z) for each sentence."""
        zeros = self.zeros.expand(len(features), -1)
        return DiagonalGaussian(zeros, zeros)
