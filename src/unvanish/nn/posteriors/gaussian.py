"""Features to a Gaussian q(z|x)."""

from jaxtyping import Float
from torch import Tensor, nn

from ...config import GaussianConfig
from ..gaussian import DiagonalGaussian
from . import Posterior

__all__ = ["GaussianPosterior"]


class GaussianPosterior(Posterior):
    """Linear maps from features to the mean and log variance of q(z|x).

    Args:
        config: The settings; a Gaussian has none.
        features_size: Size of the encoder's feature vector.
        latent_size: Number of dimensions of z.
    """

    def __init__(self, config: GaussianConfig, *, features_size: int, latent_size: int) -> None:
        super().__init__()
        self.mean = nn.Linear(features_size, latent_size)
        self.logvar = nn.Linear(features_size, latent_size)

    def forward(self, features: Float[Tensor, "batch features"]) -> DiagonalGaussian:
        """Give q(z|x) for each sentence's features."""
        return DiagonalGaussian(self.mean(features), self.logvar(features))
