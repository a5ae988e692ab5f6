r"""The output layer and its cross-entropy as one function.

.. math:: \ell_n = \log \sum_v e^{a_{nv}} - a_{ny_n}, \qquad a_{nv} = w_v \cdot x_n + b_v, \qquad
          \frac{\partial \ell_n}{\partial a_{nv}} = \frac{e^{a_{nv}}}{\sum_u e^{a_{nu}}} - [v = y_n]

Logits, one number for every position and word, are by far the largest arrays of a language model,
and reading and writing them takes time of its own (docs/benchmarks.md). Here they are made once,
in the precision of the product. A few rows at a time, while the processor holds these, they become
losses in 32 bits and, in their own place, the gradient. Where they are too many to be kept, or no
gradient is wanted, there are never more than a portion of them.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["linear_cross_entropy"]

_PORTION = 2**22
"""Logits that are made at once where none is kept: 16 MiB stay near the processor."""

_KEPT = 2**26
"""Logits that may wait for the backward pass; more are made a second time."""

_NEAR = 2**19
"""Logits that are turned into losses at once on a processor: those it holds nearest."""

_ALIGNED = 64
"""Rows of logits begin at multiples of so many numbers, where products are fastest."""

_MANY = 512
"""Rows for which a faster product pays for a copy of the weight."""


def linear_cross_entropy(
    states: Float[Tensor, "rows features"],
    targets: Int64[Tensor, " rows"],
    output: nn.Linear,
) -> Float[Tensor, " rows"]:
    """Give -log softmax(output(states)) of every target in nats.

    Products are taken in 16 bits where autocast says so, everything after them in 32 bits or more.
    Gradients of gradients are possible, at the cost of the plain computation; transforms of
    ``torch.func`` are not.

    Args:
        states: What the output layer reads.
        targets: The word that each row predicts.
        output: The layer from states to logits over the vocabulary.

    Raises:
        IndexError: If a target is not in the vocabulary (on a processor).

    Example:
        >>> output, states = nn.Linear(4, 7), torch.zeros(2, 4)
        >>> nn.init.zeros_(output.bias)
        Parameter containing:
        tensor([0., 0., 0., 0., 0., 0., 0.], requires_grad=True)
        >>> linear_cross_entropy(states, torch.tensor([3, 5]), output)  # ln 7
        tensor([1.9459, 1.9459], grad_fn=<_LinearCrossEntropyBackward>)
    """
    weight, bias = output.weight, output.bias
    bias = weight.new_zeros(len(weight)) if bias is None else bias
    dtype = _product_dtype(weight)
    if targets.device.type == "cpu" and len(targets):
        _require_known(targets, len(weight))
    inputs = states.to(dtype), weight, bias
    wanted = torch.is_grad_enabled() and any(each.requires_grad for each in inputs)
    with torch.autocast(weight.device.type, enabled=False):
        if not wanted:
            return _losses(inputs[0], _Layer.of(weight, bias, inputs[0]), targets)[0]
        losses: Tensor = _LinearCrossEntropy.apply(*inputs, targets)  # type: ignore[no-untyped-call]
    return losses


def _require_known(targets: Tensor, words: int) -> None:
    least, greatest = targets.aminmax()
    if least < 0 or greatest >= words:
        wrong = int(least if least < 0 else greatest)
        raise IndexError(f"target {wrong} is not in a vocabulary of {words} words")


def _product_dtype(weight: Tensor) -> torch.dtype:
    """Give the precision of products with a weight: 16 bits where autocast says so."""
    device = weight.device.type
    if torch.is_autocast_enabled(device) and weight.dtype == torch.float32:
        return torch.get_autocast_dtype(device)
    return weight.dtype


class _Layer(NamedTuple):
    """The output layer as products read it, perhaps with words that do not exist at its end.

    They make the rows of logits so long that they are aligned; a bias of minus infinity makes each
    as probable as nothing, so no loss changes.
    """

    weight: Float[Tensor, "wider features"]
    bias: Float[Tensor, " wider"]

    @staticmethod
    def of(weight: Tensor, bias: Tensor, states: Tensor) -> "_Layer":
        missing, dtype = -len(weight) % _ALIGNED, states.dtype
        if dtype == weight.dtype and (not missing or len(states) < _MANY):
            return _Layer(weight, bias.to(_wide(dtype)))
        aligned = weight.new_empty(len(weight) + missing, weight.shape[1], dtype=dtype)
        aligned[: len(weight)] = weight
        aligned[len(weight) :] = 0
        return _Layer(aligned, F.pad(bias.to(_wide(dtype)), (0, missing), value=-math.inf))

    def products(self, states: Float[Tensor, "rows features"]) -> Float[Tensor, "rows wider"]:
        """Give the logits but for the bias, which is added later: here it would cost a pass."""
        return torch.mm(states, self.weight.t())


def _losses(
    states: Tensor, layer: _Layer, targets: Tensor, *, keep: bool = False
) -> tuple[Float[Tensor, " rows"], Float[Tensor, "rows wider"] | None]:
    """Give all losses, and the gradients of the logits if they are to be kept."""
    losses, products = [states.new_zeros(0, dtype=_wide(states.dtype))], None
    for rows in _portions(len(states), layer, whole=keep):
        products = layer.products(states[rows])
        losses.append(_become_gradient(products, layer.bias, targets[rows], wanted=keep))
    return torch.cat(losses), products if keep else None


class _LinearCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor
    ) -> Float[Tensor, " rows"]:
        layer = _Layer.of(weight, bias, states)
        keep = len(states) * len(layer.bias) <= _KEPT
        losses, gradients = _losses(states, layer, targets, keep=keep)
        ctx.save_for_backward(states, weight, bias, targets, *layer, gradients)
        return losses

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        if torch.is_grad_enabled():
            return _differentiable(ctx, grad)
        states, weight, bias, targets, *layer, kept = ctx.saved_tensors
        aligned = _Layer(*layer)
        of_states, of_weight, of_bias = ctx.needs_input_grad[:3]
        grad_states = torch.empty_like(states) if of_states else None
        none = not len(states)
        grad_weight = torch.zeros_like(weight) if none and of_weight else None
        grad_bias = torch.zeros_like(bias) if none and of_bias else None
        for rows in _portions(len(states), aligned, whole=kept is not None):
            read, share = states[rows], grad[rows].unsqueeze(1)
            gradients = _gradients(read, aligned, targets[rows]) if kept is None else kept
            if grad_states is not None:
                grad_states[rows] = gradients @ aligned.weight * share
            if of_weight:
                product = gradients.t() @ (read * share).to(read.dtype)
                grad_weight = _added(grad_weight, product[: len(weight)], weight.dtype)
            if of_bias:
                product = _weighted_sum(gradients, share)
                grad_bias = _added(grad_bias, product[: len(bias)], bias.dtype)
        return grad_states, grad_weight, grad_bias, None


def _portions(rows: int, layer: _Layer, *, whole: bool) -> Iterator[slice]:
    """Cut rows into portions whose logits are made at once."""
    size = max(1, rows if whole else _PORTION // len(layer.bias))
    for first in range(0, rows, size):
        yield slice(first, first + size)


def _wide(dtype: torch.dtype) -> torch.dtype:
    return torch.promote_types(dtype, torch.float32)


def _become_gradient(
    products: Float[Tensor, "rows wider"],
    bias: Float[Tensor, " wider"],
    targets: Int64[Tensor, " rows"],
    *,
    wanted: bool,
) -> Float[Tensor, " rows"]:
    """Give the losses; where they are wanted, put the logits' gradients in the products' place."""
    wider, on_processor = len(bias), products.device.type == "cpu"
    near = max(1, _NEAR // wider) if on_processor else len(products)
    losses = []
    for some, words in zip(torch.split(products, near), torch.split(targets, near), strict=True):
        logits = some + bias  # in the wider of their types
        if not wanted:
            losses.append(F.cross_entropy(logits, words, reduction="none"))
            continue
        place = words.unsqueeze(1)
        shares, top = torch.softmax(logits, -1), logits.amax(1, keepdim=True)
        log_sum = top - shares.amax(1, keepdim=True).log()  # the top's share is exp(top - log_sum)
        losses.append((log_sum - logits.gather(1, place)).squeeze(1))
        some.copy_(shares.scatter_add_(1, place, torch.full_like(top, -1.0)))
    return torch.cat(losses)


def _gradients(states: Tensor, layer: _Layer, targets: Tensor) -> Float[Tensor, "rows wider"]:
    """Make the logits of some rows again, as gradients."""
    products = layer.products(states)
    _become_gradient(products, layer.bias, targets, wanted=True)
    return products


def _added(total: Tensor | None, addend: Tensor, dtype: torch.dtype) -> Tensor:
    """Add to a sum that begins with its first addend."""
    return addend.to(dtype) if total is None else total.add_(addend)


def _weighted_sum(
    gradients: Float[Tensor, "rows vocabulary"], share: Float[Tensor, "rows 1"]
) -> Float[Tensor, " vocabulary"]:
    """Add rows, each times its share; 16 bits hold a share as a sum of two numbers."""
    near = share.to(gradients.dtype)
    rest = (share - near).to(gradients.dtype)
    both = torch.cat([near, rest], dim=1)
    return (both.t() @ gradients).to(share.dtype).sum(0)


def _differentiable(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    """Give the gradients as functions that have gradients themselves, the plain way."""
    states, weight, bias, targets, *_ = ctx.saved_tensors
    inputs = (states, weight, bias)
    wanted = [each for each, needed in zip(inputs, ctx.needs_input_grad, strict=False) if needed]
    logits = F.linear(states, weight.to(states.dtype), bias.to(states.dtype))
    losses = F.cross_entropy(logits.to(_wide(logits.dtype)), targets, reduction="none")
    found = iter(torch.autograd.grad(losses, wanted, grad, create_graph=True))
    return (*(next(found) if needed else None for needed in ctx.needs_input_grad[:3]), None)
