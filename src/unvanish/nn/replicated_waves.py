"""The diagonal loops of :mod:`unvanish.nn.replicated_lstm` and the memory they work in.

The loops use four functions that numpy and torch spell alike (matmul, multiply, add, tanh with
``out``). On a processor they are numpy's, on the same memory: for arrays this small its functions
take about half the time of torch's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = [
    "Buffers",
    "Shape",
    "backward_waves",
    "forward_waves",
    "load",
    "on_processor",
    "parts_of",
    "weight_gradient",
]


@dataclass(frozen=True)
class Shape:
    """All that the buffers depend on."""

    time: int
    layers: int
    replicas: int
    batch: int
    size: int
    dtype: torch.dtype
    device: torch.device


class Buffers:
    """Memory of a forward and a backward pass, and views of its active parts.

    Waves come first. What is read by pointwise operations has the layers before the replicas,
    ``(waves, layers, replicas, batch, features)``, so that the active layers of a wave are one
    piece of memory. States have them beside the features, ``(waves, replicas, batch, layers *
    features)``, so that the state of a layer and of the one below are one operand of a product.
    """

    def __init__(self, shape: Shape) -> None:
        self.shape, self.pass_number = shape, 0
        waves, size = shape.time + shape.layers - 1, shape.size
        dtype, device = shape.dtype, shape.device
        grid = (shape.layers, shape.replicas, shape.batch)

        def make(*lengths: int) -> Tensor:
            return torch.zeros(*lengths, dtype=dtype, device=device)

        def by_wave(rows: int, width: int) -> Tensor:
            return make(rows, *grid, width)

        def beside(rows: int) -> Tensor:
            return make(rows, *grid[1:], shape.layers * size)

        self.gates, self.grad_gates = by_wave(waves, 4 * size), by_wave(waves, 4 * size)
        self.memories, self.squashed = by_wave(waves + 1, size), by_wave(waves, size)
        self.states, self.grad_states = beside(waves + 1), beside(waves + 1)
        self.grad_memory, self.scratch = make(*grid, size), make(*grid, size)
        self.factors = [by_wave(waves, size) for _ in range(5)]
        reads = [size] + [2 * size] * (shape.layers - 1)
        self.halved = [make(shape.replicas, read, 4 * size) for read in reads]
        self.gate_product, self.state_product = make(*grid[1:], 4 * size), make(*grid[1:], size)
        self.scale = torch.ones(4 * size, dtype=dtype, device=device)
        self.scale.view(4, size)[[0, 1, 3]] = 0.5
        self.views = _Views(self)

    def of_layer(self, tensor: Tensor, layer: int, wave: int) -> Tensor:
        """Give one layer's part at all its time steps, from the wave at which they begin."""
        return tensor[wave : wave + self.shape.time, layer]

    def by_layer(self, states: Tensor) -> Tensor:
        """See states with the layers before the replicas."""
        return states.view(*states.shape[:-1], self.shape.layers, -1).movedim(-2, 1)

    def beside(self, states: Tensor, layer: int) -> Tensor:
        """Give what a layer's product reads of states: the layer below, if any, and the layer."""
        size = self.shape.size
        return states[..., max(0, layer - 1) * size : (layer + 1) * size]


class _Views:
    """Everything the loops touch, cut out once and for all: lists by wave (and layer)."""

    def __init__(self, b: Buffers) -> None:
        time, layers, size = b.shape.time, b.shape.layers, b.shape.size
        waves = range(time + layers - 1)
        self.active = [range(max(0, w - time + 1), min(layers, w + 1)) for w in waves]
        with_numpy = on_processor(b.shape.device)
        self.xp: Any = np if with_numpy else torch
        self.array = array = _as_numpy if with_numpy else _as_it_is

        def cut(tensor: Tensor) -> list[Any]:
            return [
                array(tensor[w, r.start : r.stop]) for w, r in zip(waves, self.active, strict=True)
            ]

        def quarters(tensor: Tensor) -> list[list[Any]]:
            return [cut(part) for part in torch.split(tensor, size, dim=-1)]

        def cells(tensor: Tensor) -> list[list[Any]]:
            return [[array(tensor[w, layer]) for layer in range(layers)] for w in waves]

        def operands(states: Tensor) -> list[list[Any]]:
            return [[array(b.beside(states[w], layer)) for layer in range(layers)] for w in waves]

        self.gates, self.quarters, self.cells = cut(b.gates), quarters(b.gates), cells(b.gates)
        self.before, self.after = cut(b.memories[:-1]), cut(b.memories[1:])
        self.squashed, self.states = cut(b.squashed), cut(b.by_layer(b.states)[1:])
        self.operands, self.grad_states_of = operands(b.states), self._by_part(b)
        self.grad_states = cut(b.by_layer(b.grad_states)[1:])
        self.grad_quarters, self.grad_cells = quarters(b.grad_gates), cells(b.grad_gates)
        self.grad_memory = [array(b.grad_memory[r.start : r.stop]) for r in self.active]
        self.scratch = [array(b.scratch[r.start : r.stop]) for r in self.active]
        self.factors = [cut(factor) for factor in b.factors]
        self.halved = [array(weight) for weight in b.halved]
        self.gate_product, self.state_product = array(b.gate_product), array(b.state_product)
        self.scale, self.shift = array(b.scale), array(1 - b.scale)

    def _by_part(self, b: Buffers) -> list[list[list[Any]]]:
        """Cut gradients of states by wave and layer: that of the layer below, then its own."""
        grads = b.by_layer(b.grad_states)
        return [
            [
                [self.array(grads[w, part]) for part in range(max(0, layer - 1), layer + 1)]
                for layer in range(b.shape.layers)
            ]
            for w in range(len(self.active))
        ]


def on_processor(device: torch.device) -> bool:
    """Tell whether numpy can work on a tensor's own memory."""
    return device.type == "cpu"


def _as_numpy(tensor: Tensor) -> Any:
    return tensor.detach().numpy()


def _as_it_is(tensor: Tensor) -> Any:
    return tensor


def load(b: Buffers, projected: Tensor, weights: Sequence[Tensor]) -> None:
    """Copy in what the lowest layer reads, and the weights as the products need them.

    What leads to a gate with a sigmoid is halved, for sigmoid(x) = tanh(x / 2) / 2 + 1 / 2.
    """
    torch.mul(projected, b.scale, out=b.of_layer(b.gates, 0, 0))
    for layer in range(b.shape.layers):
        parts = parts_of(weights, layer)
        for k, part in enumerate(parts):
            place = b.halved[layer][:, k * b.shape.size : (k + 1) * b.shape.size]
            torch.mul(part, b.scale, out=place)
        if layer > 0:
            bias = (weights[3 * layer] * b.scale).unsqueeze(1)
            b.of_layer(b.gates, layer, layer).copy_(bias)


def parts_of(weights: Sequence[Tensor], layer: int) -> Sequence[Tensor]:
    """Give what multiplies the layer below, if there is one, and what multiplies the layer."""
    return weights[:1] if layer == 0 else weights[3 * layer - 2 : 3 * layer]


def forward_waves(b: Buffers) -> None:
    """Go forward in time; turns the projected inputs in the gates into the activated gates.

    One tanh serves all gates, since those with a sigmoid are halved already.
    """
    v = b.views
    matmul, multiply, add, tanh = v.xp.matmul, v.xp.multiply, v.xp.add, v.xp.tanh
    i, f, g, o = v.quarters
    for wave, active in enumerate(v.active):
        for layer in active:
            cell = v.cells[wave][layer]
            matmul(v.operands[wave][layer], v.halved[layer], out=v.gate_product)
            add(cell, v.gate_product, out=cell)
        gates, memory, squashed = v.gates[wave], v.after[wave], v.squashed[wave]
        tanh(gates, out=gates)
        multiply(gates, v.scale, out=gates)
        add(gates, v.shift, out=gates)
        multiply(f[wave], v.before[wave], out=memory)
        multiply(i[wave], g[wave], out=squashed)
        add(memory, squashed, out=memory)
        tanh(memory, out=squashed)
        multiply(o[wave], squashed, out=v.states[wave])


def weight_gradient(b: Buffers, gates: Tensor, states: Tensor) -> Tensor:
    """Multiply gradients of gates with the states that were read, summed over time and batch.

    Args:
        b: Whose functions to use.
        gates: Gradients before activation, ``(replicas, rows, gates)``.
        states: What the weights were multiplied by, ``(replicas, rows, features)``.
    """
    product = torch.empty(
        len(gates), states.shape[-1], gates.shape[-1], dtype=gates.dtype, device=gates.device
    )
    array = b.views.array
    b.views.xp.matmul(array(states.transpose(1, 2)), array(gates), out=array(product))
    return product


def _prepare_factors(b: Buffers) -> None:
    """Compute what the gradient is multiplied by at every wave.

    The first four lead to the gates before activation, from the memory's gradient (input, forget,
    cell) and from the state's (output); the last leads from the state to the memory.
    """
    i, f, g, o = torch.split(b.gates, b.shape.size, dim=-1)
    sigmoid_backward, tanh_backward = torch.ops.aten.sigmoid_backward, torch.ops.aten.tanh_backward
    sigmoid_backward(g, i, grad_input=b.factors[0])
    sigmoid_backward(b.memories[:-1], f, grad_input=b.factors[1])
    tanh_backward(i, g, grad_input=b.factors[2])
    sigmoid_backward(b.squashed, o, grad_input=b.factors[3])
    tanh_backward(o, b.squashed, grad_input=b.factors[4])


def backward_waves(b: Buffers, weights: Sequence[Sequence[Tensor]]) -> None:
    """Go backward in time; fills the gradients of the gates before activation and of the states.

    ``weights`` has for every layer what multiplies the layer below, if any, and the layer.
    """
    _prepare_factors(b)
    v = b.views
    arrays = [[v.array(part.transpose(1, 2)) for part in parts] for parts in weights]
    matmul, multiply, add = v.xp.matmul, v.xp.multiply, v.xp.add
    by_input, by_forget, by_cell, by_output, to_memory = v.factors
    di, df, dg, do = v.grad_quarters
    forget = v.quarters[1]
    for wave in reversed(range(len(v.active))):
        state, memory, scratch = v.grad_states[wave], v.grad_memory[wave], v.scratch[wave]
        multiply(state, to_memory[wave], out=scratch)
        add(memory, scratch, out=memory)
        multiply(by_input[wave], memory, out=di[wave])
        multiply(by_forget[wave], memory, out=df[wave])
        multiply(by_cell[wave], memory, out=dg[wave])
        multiply(by_output[wave], state, out=do[wave])
        multiply(memory, forget[wave], out=memory)
        for layer in v.active[wave]:
            gates = v.grad_cells[wave][layer]
            for weight, target in zip(arrays[layer], v.grad_states_of[wave][layer], strict=True):
                matmul(gates, weight, out=v.state_product)
                add(target, v.state_product, out=target)
