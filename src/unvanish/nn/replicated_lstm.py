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
depend on later time steps is computed for all of them together, and neither pass asks for memory.
"""

from collections.abc import Iterator, Sequence
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .prefix_rows import Rows
from .replicated_buffers import LayerBuffers, LayerShape, Scratch
from .replicated_cells import backward, forward

__all__ = ["ReplicatedLSTM", "Scratch", "layer_parts", "stack_layer", "unstack_layer"]

_PARTS = ("weight_ih_l{}", "bias_ih_l{}", "bias_hh_l{}", "weight_hh_l{}")


def stack_layer(lstms: Sequence[nn.LSTM], layer: int) -> Float[Tensor, "replicas read gates"]:
    """Put all weights of one layer of every LSTM into one tensor.

    The rows are what multiplies the input or the layer below, the two biases, and what multiplies
    the layer's own state. Of the columns, torch's last gate, the output gate, comes first: the
    three that are sigmoids are neighbours then.

    Example:
        >>> stack_layer([nn.LSTM(3, 4, num_layers=2) for _ in range(5)], layer=1).shape
        torch.Size([5, 10, 16])
    """

    def rows_of(lstm: nn.LSTM) -> Tensor:
        parts = [cast(Tensor, getattr(lstm, name.format(layer))) for name in _PARTS]
        rows = torch.cat([part.unsqueeze(0) if part.dim() == 1 else part.T for part in parts])
        return rows.roll(lstm.hidden_size, dims=1)

    return torch.stack([rows_of(lstm) for lstm in lstms]).detach()


def unstack_layer(weight: Float[Tensor, "read gates"], lstm: nn.LSTM, layer: int) -> None:
    """Copy one replica's part of what :func:`stack_layer` made back into an LSTM."""
    begin, weight = 0, weight.roll(-lstm.hidden_size, dims=1)
    with torch.no_grad():
        for name in _PARTS:
            parameter = cast(Tensor, getattr(lstm, name.format(layer)))
            rows = 1 if parameter.dim() == 1 else parameter.shape[1]
            parameter.copy_(weight[begin : begin + rows].T.view_as(parameter))
            begin += rows


def layer_parts(
    weight: Float[Tensor, "read gates"], lstm: nn.LSTM, layer: int
) -> Iterator[tuple[Tensor, slice, Tensor]]:
    """Say where every parameter of a layer is in what :func:`stack_layer` made.

    Args:
        weight: One replica's part of it.
        lstm: The LSTM.
        layer: Which of its layers.

    Yields:
        Parameters, some of their rows, and the place of these, transposed.
    """
    begin, size = 0, lstm.hidden_size
    for name in _PARTS:
        parameter = cast(Tensor, getattr(lstm, name.format(layer)))
        read = 1 if parameter.dim() == 1 else parameter.shape[1]
        place = weight[begin : begin + read]
        begin += read
        yield parameter, slice(0, 3 * size), place[:, size:]
        yield parameter, slice(3 * size, 4 * size), place[:, :size]


class ReplicatedLSTM:
    """Runs LSTMs of one shape over rows of one shape, in memory of its own.

    What it reads is written into :attr:`inputs` and :attr:`first`, what the loss asks of it into
    :attr:`grad_states`. That memory is shared: between that and the end of :meth:`backward` no
    other of the same scratch may run.

    Args:
        rows: How many rows there are at every time step.
        replicas: How many LSTMs.
        features: Width of what they read.
        size: Width of their states.
        layers: How many layers each has.
        like: A tensor with their precision and device.
        scratch: Memory shared with others that run at other times; by default one's own.

    Example:
        >>> lstms = [nn.LSTM(2, 4, num_layers=2) for _ in range(3)]
        >>> weights = [stack_layer(lstms, layer) for layer in range(2)]
        >>> replicated = ReplicatedLSTM(
        ...     Rows.separate(time=7, batch=5), replicas=3, features=2, size=4, layers=2
        ... )
        >>> replicated.inputs.normal_().shape
        torch.Size([35, 3, 2])
        >>> replicated.forward(weights)
        >>> replicated.states[replicated.places].shape  # with a 1 before every state
        torch.Size([35, 3, 5])
    """

    def __init__(
        self,
        rows: Rows,
        *,
        replicas: int,
        features: int,
        size: int,
        layers: int,
        like: Tensor | None = None,
        scratch: Scratch | None = None,
    ) -> None:
        like = torch.empty(0) if like is None else like
        scratch = Scratch() if scratch is None else scratch
        self._layers = [
            LayerBuffers(LayerShape(rows, replicas, width, size, like.dtype, like.device), scratch)
            for width in [features, *[size] * (layers - 1)]
        ]
        self._first = rows.counts[0]
        self._separate = not rows.parents
        self.places = torch.tensor(rows.after, device=like.device)
        self.grad_inputs = like.new_zeros(rows.total, replicas, features)
        self.grad_first = like.new_zeros(layers, self._first, replicas, size)

    @property
    def inputs(self) -> Float[Tensor, "rows replicas features"]:
        """What the lowest layer reads, one time step after another."""
        return self._layers[0].inputs

    @property
    def first(self) -> list[Float[Tensor, "first replicas hidden"]]:
        """The states of every layer before the first time step; memories start at zero."""
        return [layer.states[: self._first] for layer in self._layers]

    @property
    def states(self) -> Float[Tensor, "places replicas hidden+1"]:
        """A one and the state of the top layer, at the :attr:`places` of the rows."""
        return self._layers[-1].ones_and_states

    @property
    def grad_states(self) -> Float[Tensor, "rows replicas hidden"]:
        """The gradient of the top layer's states in every row; used up by :meth:`backward`."""
        return self._layers[-1].grad_states

    def forward(
        self, weights: Sequence[Float[Tensor, "replicas read gates"]], time: int | None = None
    ) -> None:
        """Fill :attr:`states`.

        Args:
            weights: Those of every layer as :func:`stack_layer` makes them, the lowest first.
            time: How many time steps the sentences have; all when absent.
        """
        below = None
        for layer, weight in zip(self._layers, weights, strict=True):
            if below is not None:
                layer.inputs.copy_(self._after(below.states))
            forward(layer, weight, time)
            below = layer

    def _after(self, states: Tensor) -> Tensor:
        """Give what lies at the places of the rows, without a copy if it is all in order."""
        return states[self._first :] if self._separate else states[self.places]

    def backward(
        self,
        weights: Sequence[Float[Tensor, "replicas read gates"]],
        grad_weights: Sequence[Float[Tensor, "replicas read gates"]],
        time: int | None = None,
    ) -> None:
        """Fill ``grad_inputs``, ``grad_first`` and the gradients of the weights.

        Args:
            weights: Those of the forward pass.
            grad_weights: Where to write their gradients.
            time: How many time steps were gone forward; all when absent.
        """
        below = [self.grad_inputs, *(layer.grad_states for layer in self._layers[:-1])]
        for k in reversed(range(len(self._layers))):
            layer = self._layers[k]
            backward(layer, weights[k], grad_weights[k], below[k], time)
            self.grad_first[k] = layer.grad_before[: self._first]
