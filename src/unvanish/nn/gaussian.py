r"""Gaussians with diagonal covariance, as posterior and as prior."""

import math
from typing import TYPE_CHECKING

import torch
from jaxtyping import Float
from torch import Tensor

if TYPE_CHECKING:
    from typing import Self

__all__ = ["DiagonalGaussian"]


class DiagonalGaussian:
    r"""A batch of Gaussians with diagonal covariance, N(mean, diag(exp(logvar))).

    Args:
        mean: Means of shape ``(batch, latent)``, or ``(latent,)`` for one that all share.
        logvar: Logarithms of the variances, of the same shape.

    Example:
        >>> posterior = DiagonalGaussian(torch.tensor([[1.0, 0.0]]), torch.zeros(1, 2))
        >>> prior = DiagonalGaussian(torch.zeros(2), torch.zeros(2))
        >>> posterior.kl_per_dimension(prior)
        tensor([[0.5000, 0.0000]])
    """

    def __init__(
        self, mean: Float[Tensor, "*batch latent"], logvar: Float[Tensor, "*batch latent"]
    ) -> None:
        if mean.shape != logvar.shape:
            raise ValueError(
                f"mean and logvar differ in shape: {tuple(mean.shape)}, {tuple(logvar.shape)}"
            )
        self.mean = mean
        self.logvar = logvar

    def __repr__(self) -> str:
        return f"DiagonalGaussian(shape={tuple(self.mean.shape)})"

    def rsample(
        self,
        noise: Float[Tensor, "*batch latent"] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "*batch latent"]:
        r"""Draw z = mean + exp(logvar / 2) * noise, through which gradients flow.

        Args:
            noise: Standard normal numbers of the shape of ``mean``; drawn when absent.
            generator: Source of the noise; torch's own when absent.
        """
        if noise is None:
            noise = torch.randn(
                self.mean.shape,
                generator=generator,
                device=self.mean.device,
                dtype=self.mean.dtype,
            )
        return self.mean + torch.exp(0.5 * self.logvar) * noise

    def log_prob(self, z: Float[Tensor, "*points latent"]) -> Float[Tensor, "*densities"]:
        r"""Log density of z in nats, summed over dimensions; points broadcast against the batch."""
        squares = (z - self.mean) ** 2 * torch.exp(-self.logvar)
        return -0.5 * (squares + self.logvar + math.log(2 * math.pi)).sum(-1)

    def kl_per_dimension(self, prior: "Self") -> Float[Tensor, "*batch latent"]:
        r"""KL divergence from ``prior`` in nats, one number a dimension.

        .. math:: \tfrac12 \left(\frac{\sigma^2 + (\mu - \mu_p)^2}{\sigma_p^2}
                  - 1 + \log\sigma_p^2 - \log\sigma^2\right)
        """
        squares = torch.exp(self.logvar) + (self.mean - prior.mean) ** 2
        return 0.5 * (squares * torch.exp(-prior.logvar) - 1 + prior.logvar - self.logvar)

    def kl(self, prior: "Self") -> Float[Tensor, "*batch"]:
        r"""KL divergence from ``prior`` in nats, summed over dimensions."""
        return self.kl_per_dimension(prior).sum(-1)
