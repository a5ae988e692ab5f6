"""What is asked of q(z|x) and of a prior."""

from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["Distribution", "FactorizedDistribution"]


@runtime_checkable
class Distribution(Protocol):
    """A batch of distributions over z: a posterior or a prior.

    Everything about q(z|x) is asked of it; nothing about it is computed elsewhere.
    """

    @property
    def mean(self) -> Float[Tensor, "*batch latent"]:
        """The mean, where the density has one that represents it."""
        ...

    def rsample(
        self,
        noise: Float[Tensor, "*batch latent"] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "*batch latent"]:
        """Draw z so that gradients flow through the draw."""
        ...

    def log_prob(self, z: Float[Tensor, "*points latent"]) -> Float[Tensor, "*densities"]:
        """Log density of z in nats; points broadcast against the batch."""
        ...

    def kl(self, prior: Any) -> Float[Tensor, "*batch"]:
        """KL divergence from ``prior`` in nats."""
        ...


@runtime_checkable
class FactorizedDistribution(Distribution, Protocol):
    """A distribution whose divergence is a sum over dimensions."""

    def kl_per_dimension(self, prior: Any) -> Float[Tensor, "*batch latent"]:
        """KL divergence from ``prior`` in nats, one number a dimension."""
        ...
