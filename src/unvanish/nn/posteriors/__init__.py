"""Feature vectors to distributions q(z|x)."""

from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from ..distribution import Distribution

__all__ = ["Posterior"]


@runtime_checkable
class Posterior(Protocol):
    """What a text VAE asks of a posterior, a module built by ``PosteriorConfig.build``."""

    def __call__(self, features: Float[Tensor, "batch features"]) -> Distribution:
        """Give q(z|x) of each sentence.

        Args:
            features: What the encoder gave.
        """
        ...
