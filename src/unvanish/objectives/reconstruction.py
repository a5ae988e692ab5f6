r"""Reconstruction: rec = -sum_t log p(x_t | x_<t, z), in nats per sentence."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from .forward_pass import ForwardPass
from .linear_cross_entropy import linear_cross_entropy
from .term import Term

__all__ = ["Reconstruction", "token_losses"]


def token_losses(
    states: Float[Tensor, "batch time features"],
    targets: Int64[Tensor, "batch time"],
    mask: Bool[Tensor, "batch time"],
    output: nn.Linear,
) -> Float[Tensor, "batch time"]:
    """Compute -log p of every target in nats, 0 where the mask is false.

    Logits are made for unmasked positions only (:func:`linear_cross_entropy`).

    Args:
        states: What the output layer reads.
        targets: The words to be predicted.
        mask: True where a target counts.
        output: The layer from states to logits over the vocabulary.
    """
    read, words = states[mask], targets[mask]
    losses = linear_cross_entropy(read, words, output)
    return torch.zeros(mask.shape, dtype=losses.dtype, device=mask.device).masked_scatter(
        mask, losses
    )


class Reconstruction(Term):
    """The sum of a sentence's token losses."""

    name = "rec"

    def forward(self, forward_pass: ForwardPass) -> Float[Tensor, " batch"]:
        """Give rec for each sentence in nats."""
        return forward_pass.token_losses.sum(-1)
