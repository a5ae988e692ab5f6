"""Features to a point: the code of an autoencoder."""

from jaxtyping import Float
from torch import Tensor, nn

from ...config import PointConfig
from ..point import Point
from . import Posterior

__all__ = ["PointPosterior"]


class PointPosterior(Posterior):
    """A linear map from features to z.

    Args:
        config: The settings; a point has none.
        features_size: Size of the encoder's feature vector.
        latent_size: Number of dimensions of z.
    """

    def __init__(self, config: PointConfig, *, features_size: int, latent_size: int) -> None:
        super().__init__()
        self.mean = nn.Linear(features_size, latent_size)

    def forward(self, features: Float[Tensor, "batch features"]) -> Point:
        """Give z for each sentence's features."""
        return Point(self.mean(features))
