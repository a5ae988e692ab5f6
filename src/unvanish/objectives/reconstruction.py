r"""Reconstruction: rec = -sum_t log p(x_t | x_<t, z), in nats per sentence."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from .forward_pass import ForwardPass
from .term import Term

__all__ = ["Reconstruction", "token_losses"]

_LOGITS = 2**22
"""Numbers that are made at once where no gradient needs them: 16 MiB stay near the processor."""


def token_losses(
    states: Float[Tensor, "batch time features"],
    targets: Int64[Tensor, "batch time"],
    mask: Bool[Tensor, "batch time"],
    output: nn.Linear,
) -> Float[Tensor, "batch time"]:
    """Compute -log p of every target in nats, 0 where the mask is false.

    Logits are made for unmasked positions only, and the logarithm is taken in 32 bits even where
    autocast makes the product before it in 16. Without gradients they are made in portions, so
    that memory is bounded however many positions there are.

    Args:
        states: What the output layer reads.
        targets: The words to be predicted.
        mask: True where a target counts.
        output: The layer from states to logits over the vocabulary.
    """
    read, words = states[mask], targets[mask]
    rows = max(1, _LOGITS // output.out_features)
    parts = 1 if torch.is_grad_enabled() else max(1, -(-len(read) // rows))
    portions = zip(read.tensor_split(parts), words.tensor_split(parts), strict=True)
    losses = torch.cat([_losses(output(states), words) for states, words in portions])
    return torch.zeros(mask.shape, dtype=losses.dtype, device=mask.device).masked_scatter(
        mask, losses
    )


def _losses(
    logits: Float[Tensor, "rows vocabulary"], words: Int64[Tensor, " rows"]
) -> Float[Tensor, " rows"]:
    wide = logits.to(torch.promote_types(logits.dtype, torch.float32))
    return F.cross_entropy(wide, words, reduction="none")


class Reconstruction(Term):
    """The sum of a sentence's token losses."""

    name = "rec"

    def forward(self, forward_pass: ForwardPass) -> Float[Tensor, " batch"]:
        """Give rec for each sentence in nats."""
        return forward_pass.token_losses.sum(-1)
