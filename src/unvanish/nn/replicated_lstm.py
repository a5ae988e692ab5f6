r"""The recurrence of an LSTM for several replicas of a model at once.

A small LSTM on a processor spends its time on the overhead of its many small operations. Replicas
of one model (other seeds, other schedules) have the same shapes, so one operation can serve all
of them. So can the layers of one LSTM: layer l at time t needs only layer l - 1 at time t and
itself at time t - 1, so everything on the diagonal ``wave = t + l`` is computed together.

The cell is torch's (gates in the order input, forget, cell, output):

.. math::
    (i, f, g, o) &= (\sigma, \sigma, \tanh, \sigma)(W_{ih} x_t + W_{hh} h_{t-1} + b) \\
    c_t &= f \odot c_{t-1} + i \odot g \qquad h_t = o \odot \tanh(c_t)

The gradient is written by hand: what does not depend on later time steps is computed for all of
them together, and the loop backwards has six small operations a wave beside the products.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from .replicated_waves import (
    Buffers,
    Shape,
    backward_waves,
    forward_waves,
    load,
    parts_of,
    weight_gradient,
)

__all__ = ["LayerWeights", "ReplicatedLSTM"]


@dataclass(frozen=True)
class LayerWeights:
    """The weights of one LSTM layer of every replica: those of torch, transposed.

    Args:
        recurrent: What multiplies the layer's own state.
        below: What multiplies the state of the layer below; ``None`` for the lowest.
        bias: The sum of torch's two biases; ``None`` for the lowest.
    """

    recurrent: Float[Tensor, "replicas hidden gates"]
    below: Float[Tensor, "replicas hidden gates"] | None = None
    bias: Float[Tensor, "replicas gates"] | None = None


class ReplicatedLSTM:
    """Runs LSTMs of one shape, keeping its buffers from call to call.

    A forward pass overwrites the buffers of the one before, so each must be followed by its
    backward pass, if it has one, before the next; otherwise the backward pass raises an error.

    Example:
        >>> lowest = LayerWeights(recurrent=torch.randn(3, 4, 16))
        >>> top = LayerWeights(torch.randn(3, 4, 16), torch.randn(3, 4, 16), torch.zeros(3, 16))
        >>> lstm, state = ReplicatedLSTM(), torch.zeros(2, 3, 5, 4)
        >>> lstm(torch.randn(7, 3, 5, 16), state, [lowest, top]).shape
        torch.Size([7, 3, 5, 4])
    """

    def __init__(self) -> None:
        self._buffers: Buffers | None = None

    def __call__(
        self,
        projected: Float[Tensor, "time replicas batch gates"],
        hidden: Float[Tensor, "layers replicas batch hidden"],
        layers: Sequence[LayerWeights],
    ) -> Float[Tensor, "time replicas batch hidden"]:
        """Give the state of the top layer after every time step.

        Args:
            projected: ``W_ih x_t + b`` of the lowest layer with ``gates = 4 * hidden``; the
                caller makes it, since the cheapest way depends on what x is.
            hidden: The states before the first time step; memories start at zero.
            layers: The weights, the lowest layer first.
        """
        layer_count, replicas, batch, size = hidden.shape
        shape = Shape(
            time=len(projected),
            layers=layer_count,
            replicas=replicas,
            batch=batch,
            size=size,
            dtype=projected.dtype,
            device=projected.device,
        )
        if self._buffers is None or self._buffers.shape != shape:
            self._buffers = Buffers(shape)
        weights = [layers[0].recurrent]
        for layer in layers[1:]:
            weights += [cast(Tensor, layer.below), layer.recurrent, cast(Tensor, layer.bias)]
        states = _Recurrence.apply(self._buffers, projected, hidden, *weights)  # type: ignore[no-untyped-call]
        return cast(Tensor, states)


class _Recurrence(torch.autograd.Function):
    """The recurrence and its gradient."""

    @staticmethod
    def forward(
        ctx: Any, b: Buffers, projected: Tensor, hidden: Tensor, *weights: Tensor
    ) -> Tensor:
        load(b, projected, weights)
        first = b.by_layer(b.states)
        for layer in range(b.shape.layers):
            first[layer, layer] = hidden[layer]
        forward_waves(b)
        b.pass_number += 1
        ctx.buffers, ctx.pass_number = b, b.pass_number
        ctx.save_for_backward(*weights)
        return b.of_layer(first, b.shape.layers - 1, b.shape.layers).clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        b: Buffers = ctx.buffers
        if ctx.pass_number != b.pass_number:
            raise RuntimeError("another forward pass came before this backward pass")
        size, layers = b.shape.size, b.shape.layers
        b.grad_states.zero_()
        b.grad_memory.zero_()
        grad_states = b.by_layer(b.grad_states)
        b.of_layer(grad_states, layers - 1, layers).copy_(grad)
        backward_waves(b, [parts_of(ctx.saved_tensors, layer) for layer in range(layers)])
        grads: list[Tensor] = []
        for layer in range(layers):
            rows = _rows(b.of_layer(b.grad_gates, layer, layer))
            read = b.beside(b.states[layer : layer + b.shape.time], layer)
            below_and_own = torch.split(read, size, dim=-1)
            grads += [weight_gradient(b, rows, _rows(part)) for part in below_and_own]
            if layer > 0:
                grads.append(rows.sum(1))
        grad_hidden = torch.stack([grad_states[layer, layer] for layer in range(layers)])
        return None, b.of_layer(b.grad_gates, 0, 0).clone(), grad_hidden, *grads


def _rows(tensor: Tensor) -> Tensor:
    """Put time and batch together: (replicas, time * batch, features)."""
    return tensor.transpose(0, 1).flatten(1, 2)
