r"""Rate: kl = KL(q(z|x) || p(z)), in nats per sentence."""

from jaxtyping import Float
from torch import Tensor

from .forward_pass import ForwardPass
from .term import Term

__all__ = ["Rate"]


class Rate(Term):
    """The KL divergence of the posterior from the prior, summed over dimensions."""

    name = "kl"

    def forward(self, forward_pass: ForwardPass) -> Float[Tensor, " batch"]:
        """Give kl for each sentence in nats."""
        return forward_pass.posterior.kl(forward_pass.prior)
