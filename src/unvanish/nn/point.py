"""Points: what an autoencoder has instead of distributions over z."""

from typing import Any, NoReturn

import torch
from jaxtyping import Float
from torch import Tensor

from ..config import UsageError

__all__ = ["Point"]


class Point:
    """A batch of points, of which every draw is the point itself.

    A point has no density: its KL from any prior is infinite, and an autoencoder leaves it out of
    what it minimises. So the rate here is 0, which measures nothing, and rec + kl bounds nothing.

    Args:
        mean: The points, ``(batch, latent)``.

    Example:
        >>> posterior = Point(torch.tensor([[1.0, 2.0]]))
        >>> posterior.rsample(), posterior.kl(None)
        (tensor([[1., 2.]]), tensor([0.]))
    """

    def __init__(self, mean: Float[Tensor, "*batch latent"]) -> None:
        self.mean = mean

    def __repr__(self) -> str:
        return f"Point(shape={tuple(self.mean.shape)})"

    def rsample(
        self,
        noise: Float[Tensor, "*batch latent"] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "*batch latent"]:
        """Give the points.

        Args:
            noise: Not used.
            generator: Not used.
        """
        return self.mean

    def log_prob(self, z: Float[Tensor, "*points latent"]) -> NoReturn:
        """Refuse: there is no density.

        Raises:
            UsageError: Always.
        """
        raise UsageError(
            "the posterior of an autoencoder is a point and has no density: give a VAE"
        )

    def kl(self, prior: Any) -> Float[Tensor, "*batch"]:
        """Give 0 for every sentence.

        Args:
            prior: Not used.
        """
        return self.mean.new_zeros(self.mean.shape[:-1])
