"""A prior that knows the context."""

from jaxtyping import Float
from torch import Tensor, nn

from ...config import ConditionalGaussianConfig
from ..gaussian import DiagonalGaussian

__all__ = ["ConditionalGaussianPrior"]


class ConditionalGaussianPrior(nn.Module):
    """A network with one hidden layer of tanh, from a condition to a Gaussian p(z|c).

    Args:
        config: Size of the hidden layer.
        condition_size: Size of a condition.
        latent_size: Number of dimensions of z.
    """

    def __init__(
        self, config: ConditionalGaussianConfig, *, condition_size: int, latent_size: int
    ) -> None:
        super().__init__()
        self.hidden = nn.Linear(condition_size, config.hidden_size)
        self.mean = nn.Linear(config.hidden_size, latent_size)
        self.logvar = nn.Linear(config.hidden_size, latent_size)

    def forward(self, condition: Float[Tensor, "batch condition"]) -> DiagonalGaussian:
        """Give p(z|c) for each condition."""
        hidden = self.hidden(condition).tanh()
        return DiagonalGaussian(self.mean(hidden), self.logvar(hidden))
