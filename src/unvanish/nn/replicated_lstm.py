r"""The recurrence of an LSTM for several replicas of a model at once.

A small LSTM on a processor spends its time on the overhead of its many small operations. Replicas
of one model (other seeds, other schedules) have the same shapes, so one operation can serve all
of them.

The cell is torch's (gates in the order input, forget, cell, output):

.. math::
    (i, f, g, o) &= (\sigma, \sigma, \tanh, \sigma)
        (W_{ih} x_t + b_{ih} + b_{hh} + W_{hh} h_{t-1}) \\
    c_t &= f \odot c_{t-1} + i \odot g \qquad h_t = o \odot \tanh(c_t)

Everything that a cell reads lies side by side, with two ones for the biases, so that its gates are
one product, and so is the gradient of its weights. The gradient is written by hand: what does not
depend on later time steps is computed for all of them together.
"""

from collections.abc import Sequence
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from .prefix_rows import Rows
from .replicated_cells import LayerBuffers, LayerShape, Scratch, backward, forward

__all__ = ["ReplicatedLSTM", "Scratch", "stack_layer", "unstack_layer"]

_PARTS = ("weight_ih_l{}", "bias_ih_l{}", "bias_hh_l{}", "weight_hh_l{}")


def stack_layer(lstms: Sequence[nn.LSTM], layer: int) -> Float[Tensor, "replicas read gates"]:
    """Put all weights of one layer of every LSTM into one tensor.

    The rows are what multiplies the input or the layer below, the two biases, and what multiplies
    the layer's own state.

    Example:
        >>> stack_layer([nn.LSTM(3, 4, num_layers=2) for _ in range(5)], layer=1).shape
        torch.Size([5, 10, 16])
    """

    def rows_of(lstm: nn.LSTM) -> Tensor:
        parts = [cast(Tensor, getattr(lstm, name.format(layer))) for name in _PARTS]
        return torch.cat([part.unsqueeze(0) if part.dim() == 1 else part.T for part in parts])

    return torch.stack([rows_of(lstm) for lstm in lstms]).detach()


def unstack_layer(weight: Float[Tensor, "read gates"], lstm: nn.LSTM, layer: int) -> None:
    """Copy one replica's part of what :func:`stack_layer` made back into an LSTM."""
    begin = 0
    with torch.no_grad():
        for name in _PARTS:
            parameter = cast(Tensor, getattr(lstm, name.format(layer)))
            rows = 1 if parameter.dim() == 1 else parameter.shape[1]
            parameter.copy_(weight[begin : begin + rows].T.view_as(parameter))
            begin += rows


class ReplicatedLSTM:
    """Runs LSTMs of one shape, keeping its buffers from call to call.

    A forward pass overwrites the buffers of the one before, so each must be followed by its
    backward pass, if it has one, before the next; otherwise the backward pass raises an error.

    Args:
        scratch: Memory shared with others that run at other times; by default one's own.

    Example:
        >>> lstms = [nn.LSTM(2, 4, num_layers=2) for _ in range(3)]
        >>> weights = [stack_layer(lstms, layer) for layer in range(2)]
        >>> rows, state = Rows.separate(time=7, batch=5), torch.zeros(2, 5, 3, 4)
        >>> ReplicatedLSTM()(torch.randn(35, 3, 2), state, weights, rows).shape
        torch.Size([35, 3, 4])
    """

    def __init__(self, scratch: Scratch | None = None) -> None:
        self._scratch = Scratch() if scratch is None else scratch
        self._buffers: list[LayerBuffers] = []

    def __call__(
        self,
        inputs: Float[Tensor, "rows replicas features"],
        hidden: Float[Tensor, "layers first replicas hidden"],
        weights: Sequence[Float[Tensor, "replicas read gates"]],
        rows: Rows,
    ) -> Float[Tensor, "rows replicas hidden"]:
        """Give the state of the top layer in every row after every time step.

        Args:
            inputs: What the lowest layer reads, one time step after another.
            hidden: The states before the first time step; memories start at zero.
            weights: Those of every layer as :func:`stack_layer` makes them, the lowest first.
            rows: How many rows there are at every time step.
        """
        replicas, size = hidden.shape[2:]
        features = [inputs.shape[-1], *[size] * (len(hidden) - 1)]
        shapes = [
            LayerShape(rows, replicas, width, size, inputs.dtype, inputs.device)
            for width in features
        ]
        if [buffers.shape for buffers in self._buffers] != shapes:
            self._buffers = [LayerBuffers(shape, self._scratch) for shape in shapes]
        states = _Recurrence.apply(self._buffers, inputs, hidden, *weights)  # type: ignore[no-untyped-call]
        return cast(Tensor, states)


class _Recurrence(torch.autograd.Function):
    """The layers one after another, and their gradient."""

    @staticmethod
    def forward(
        ctx: Any, buffers: list[LayerBuffers], inputs: Tensor, hidden: Tensor, *weights: Tensor
    ) -> Tensor:
        states = inputs
        for layer, first, weight in zip(buffers, hidden, weights, strict=True):
            states = forward(layer, states, first, weight)
        ctx.buffers, ctx.passes = buffers, [layer.passes for layer in buffers]
        ctx.save_for_backward(*weights)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        if ctx.passes != [layer.passes for layer in ctx.buffers]:
            raise RuntimeError("another forward pass came before this backward pass")
        grads_hidden: list[Tensor] = []
        grads_weights: list[Tensor] = []
        layers = list(zip(ctx.buffers, ctx.saved_tensors, strict=True))
        for layer, weight in reversed(layers):
            grad, grad_first, grad_weight = backward(layer, grad, weight)
            grads_hidden.append(grad_first)
            grads_weights.append(grad_weight)
        return None, grad, torch.stack(grads_hidden[::-1]), *grads_weights[::-1]
