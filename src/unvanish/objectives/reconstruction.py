r"""Reconstruction: rec = -sum_t log p(x_t | x_<t, z), in nats per sentence."""

import math

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from .forward_pass import ForwardPass
from .term import Term

__all__ = ["Reconstruction", "token_losses"]

_LOGITS = 2**22
"""Numbers that are made at once where no gradient needs them: 16 MiB stay near the processor."""

_NEAR = 2**18
"""Numbers of which the logarithm is taken at once on a processor: those it holds nearest."""

_ALIGNED = 16
"""Rows of logits begin at multiples of so many numbers: 64 bytes, where products are fastest."""


def token_losses(
    states: Float[Tensor, "batch time features"],
    targets: Int64[Tensor, "batch time"],
    mask: Bool[Tensor, "batch time"],
    output: nn.Linear,
) -> Float[Tensor, "batch time"]:
    """Compute -log p of every target in nats, 0 where the mask is false.

    Logits are made for unmasked positions only, and the logarithm is taken in 32 bits even where
    autocast makes the product before it in 16. Without gradients many are made in portions, so
    that memory is bounded however many positions there are.

    Args:
        states: What the output layer reads.
        targets: The words to be predicted.
        mask: True where a target counts.
        output: The layer from states to logits over the vocabulary.
    """
    read, words = states[mask], targets[mask]
    rows = max(1, _LOGITS // output.out_features)
    at_once = torch.is_grad_enabled() or len(read) <= rows
    losses = _losses(output(read), words) if at_once else _portioned(read, words, output, rows)
    return torch.zeros(mask.shape, dtype=losses.dtype, device=mask.device).masked_scatter(
        mask, losses
    )


def _portioned(
    read: Float[Tensor, "rows features"],
    words: Int64[Tensor, " rows"],
    output: nn.Linear,
    at_once: int,
) -> Float[Tensor, " rows"]:
    """Give the losses without ever holding more than the logits of so many rows."""
    weight, bias = _aligned(output)
    on_processor = read.device.type == "cpu"
    near = max(1, _NEAR // len(weight)) if on_processor else at_once
    losses = []
    portions = zip(torch.split(read, at_once), torch.split(words, at_once), strict=True)
    for states, targets in portions:
        logits = F.linear(states.to(weight.dtype), weight, bias)
        pieces = zip(torch.split(logits, near), torch.split(targets, near), strict=True)
        losses += [_losses(piece, some) for piece, some in pieces]
    return torch.cat(losses)


def _aligned(
    output: nn.Linear,
) -> tuple[Float[Tensor, "wider features"], Float[Tensor, " wider"]]:
    """Give weight and bias as the product is to read them, in 16 bits where autocast says so.

    Words that do not exist make the rows of logits so long that they are aligned; a bias of minus
    infinity makes each as probable as nothing, so no loss changes.
    """
    missing, device = -output.out_features % _ALIGNED, output.weight.device.type
    chosen = output.weight.dtype
    if torch.is_autocast_enabled(device) and chosen == torch.float32:
        chosen = torch.get_autocast_dtype(device)
    bias = output.weight.new_zeros(output.out_features) if output.bias is None else output.bias
    return (
        F.pad(output.weight, (0, 0, 0, missing)).to(chosen),
        F.pad(bias, (0, missing), value=-math.inf).to(chosen),
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
