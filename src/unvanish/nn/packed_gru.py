r"""The last states of a GRU over sequences of different lengths, with gradients made for it.

.. math:: r = \sigma(a_r + U_r h + c_r), \quad z = \sigma(a_z + U_z h + c_z), \quad
          m = U_n h + c_n, \quad n = \tanh(a_n + r m), \quad h' = n + z (h - n)

where a is what the input contributes. torch's own GRU makes on a processor, at every step backward,
the gradient of the whole of U and adds it to those of the other steps. Here the gradients of all
steps' sums are kept, and that of U is one product of them with all states.

References:
    Cho et al., Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
    Translation, EMNLP 2014, https://arxiv.org/abs/1406.1078; with the reset gate behind the
    product, as in cuDNN and torch.
"""

from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd.function import once_differentiable

__all__ = ["gru_last_states", "packed_order"]


def packed_order(
    lengths: Int64[Tensor, " batch"], *, reverse: bool = False
) -> tuple[Int64[Tensor, " batch"], Int64[Tensor, " steps"], Int64[Tensor, " steps"], list[int]]:
    """Say in which order the steps of padded sequences are gone through.

    Args:
        lengths: Steps of each sequence, at least 1.
        reverse: Whether every sequence is read from its end.

    Returns:
        The sequences, the longest first; then, for every step of every one of them that is there,
        all first steps before all second ones, which sequence it is of and its place in that; and
        how many sequences have a first, a second, ... step.

    Example:
        >>> order, rows, places, sizes = packed_order(torch.tensor([1, 3]), reverse=True)
        >>> order.tolist(), rows.tolist(), places.tolist(), sizes
        ([1, 0], [1, 0, 1, 1], [2, 0, 1, 0], [2, 1, 1])
    """
    ordered, order = torch.sort(lengths, descending=True, stable=True)
    steps = torch.arange(int(ordered[0]))
    there = steps.unsqueeze(1) < ordered
    at, row = there.nonzero(as_tuple=True)
    rows = order[row]
    places = lengths[rows] - 1 - at if reverse else at
    return order, rows, places, there.sum(1).tolist()


def gru_last_states(
    inputs: Float[Tensor, "steps 3*hidden"],
    weight: Float[Tensor, "3*hidden hidden"],
    bias: Float[Tensor, " 3*hidden"],
    sizes: list[int],
) -> Float[Tensor, "batch hidden"]:
    """Give the state after the last step of each sequence, from states of 0.

    Products are taken in 16 bits where autocast says so, everything else in 32 bits or more.

    Args:
        inputs: What the inputs contribute to reset gate, update gate and candidate, with their
            bias, in the order of :func:`packed_order`.
        weight: From the state to the three.
        bias: Beside it.
        sizes: How many sequences have a first, a second, ... step.
    """
    states: Tensor = _PackedGRU.apply(inputs, weight, bias, sizes)  # type: ignore[no-untyped-call]
    return states


class _PackedGRU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor, sizes: list[int]) -> Tensor:
        dtype, hidden = _product_dtype(weight), weight.shape[1]
        with torch.autocast(weight.device.type, enabled=False):
            gates = inputs.to(torch.promote_types(inputs.dtype, weight.dtype), copy=True)
            before, moved = gates.new_empty(2, len(gates), hidden)
            narrow = weight.to(dtype).t()
            state, first = gates.new_zeros(sizes[0], hidden), 0
            for size in sizes:
                rows = slice(first, first + size)
                before[rows] = state[:size]
                sums = torch.mm(state[:size].to(dtype), narrow).to(gates.dtype).add_(bias)
                both, candidate = gates[rows, : 2 * hidden], gates[rows, 2 * hidden :]
                both.add_(sums[:, : 2 * hidden]).sigmoid_()
                moved[rows] = sums[:, 2 * hidden :]
                candidate.addcmul_(both[:, :hidden], moved[rows]).tanh_()
                state[:size] = torch.lerp(candidate, before[rows], both[:, hidden:])
                first += size
        ctx.save_for_backward(gates, before, moved, weight)
        ctx.sizes, ctx.dtype, ctx.given = sizes, dtype, inputs.dtype
        return state

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        gates, before, moved, weight = ctx.saved_tensors
        hidden, dtype = weight.shape[1], ctx.dtype
        with torch.autocast(weight.device.type, enabled=False):
            reset, update, candidate = torch.split(gates, hidden, dim=1)
            sums, of_candidate = torch.empty_like(gates), torch.empty_like(before)
            narrow, last = weight.to(dtype), len(gates)
            state = gradient.to(gates.dtype, copy=True)
            for size in reversed(ctx.sizes):
                rows, there = slice(last - size, last), state[:size]
                r, z, n = reset[rows], update[rows], candidate[rows]
                parts = torch.split(sums[rows], hidden, dim=1)
                parts[1].copy_(_behind_sigmoid(there * (before[rows] - n), z))
                through = there * z
                of_n = _behind_tanh(there - through, n)
                of_candidate[rows] = of_n
                torch.mul(of_n, r, out=parts[2])
                parts[0].copy_(_behind_sigmoid(of_n * moved[rows], r))
                state[:size] = through.add_(torch.mm(sums[rows].to(dtype), narrow))
                last -= size
            of_weight = torch.mm(sums.to(dtype).t(), before.to(dtype)).to(weight.dtype)
            of_bias = sums.sum(0)
            sums[:, 2 * hidden :] = of_candidate
        return sums.to(ctx.given), of_weight, of_bias, None


_behind_sigmoid = torch.ops.aten.sigmoid_backward.default
_behind_tanh = torch.ops.aten.tanh_backward.default
"""The gradient of what a sigmoid or tanh was taken of, from its own and its value."""


def _product_dtype(weight: Tensor) -> torch.dtype:
    """Give the precision of products with a weight: 16 bits where autocast says so."""
    device = weight.device.type
    if torch.is_autocast_enabled(device) and weight.dtype == torch.float32:
        return torch.get_autocast_dtype(device)
    return weight.dtype
