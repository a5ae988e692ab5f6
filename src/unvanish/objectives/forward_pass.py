"""What a model hands to its objective."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int64
from torch import Tensor

from ..nn import Distribution

__all__ = ["ConditionalForwardPass", "ForwardPass"]


@dataclass(frozen=True)
class ForwardPass:
    """One pass of a batch through a model: everything a term of the objective may need.

    Args:
        posterior: q(z|x) of every sentence.
        prior: What it is compared with.
        z: The sample of q(z|x) that the sentences were decoded from, ``(batch, latent)``.
        token_losses: -log p of every target word in nats, ``(batch, time)``; 0 at padding.
    """

    posterior: Distribution
    prior: Distribution
    z: Float[Tensor, "batch latent"]
    token_losses: Float[Tensor, "batch time"]


@dataclass(frozen=True)
class ConditionalForwardPass(ForwardPass):
    """One pass through a model whose decoder is told more than z.

    Args:
        told: What the decoder was told, condition and z, ``(batch, features)``.
        targets: The words that were to be predicted, ``(batch, time)``.
        mask: True where a target counts, ``(batch, time)``.
    """

    told: Float[Tensor, "batch features"]
    targets: Int64[Tensor, "batch time"]
    mask: Bool[Tensor, "batch time"]
