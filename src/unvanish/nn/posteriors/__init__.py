"""Feature vectors to distributions q(z|x)."""

from abc import ABC, abstractmethod

from jaxtyping import Float
from torch import Tensor, nn

from ..distribution import Distribution

__all__ = ["Posterior"]


class Posterior(nn.Module, ABC):
    """What a text VAE asks of a posterior, as ``PosteriorConfig.build`` makes it."""

    @abstractmethod
    def forward(self, features: Float[Tensor, "batch features"]) -> Distribution:
        """Give q(z|x) of each sentence.

        Args:
            features: What the encoder gave.
        """
