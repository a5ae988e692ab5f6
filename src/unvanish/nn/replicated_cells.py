"""One layer of :mod:`unvanish.nn.replicated_lstm`: its memory, and its way through time and back.

The loops use four functions that numpy and torch spell alike (matmul, multiply, add, tanh with
``out``). On a processor they are numpy's, on the same memory: for arrays this small its functions
take about half the time of torch's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from .prefix_rows import Rows

__all__ = ["LayerBuffers", "LayerShape", "Scratch", "backward", "forward", "on_processor"]


@dataclass(frozen=True)
class LayerShape:
    """All that the buffers of a layer depend on.

    Args:
        rows: How many rows there are at every time step.
        replicas: How many LSTMs.
        features: Width of what the layer reads beside its own state.
        size: Width of its state.
        dtype: Precision of everything.
        device: Where everything is.
    """

    rows: Rows
    replicas: int
    features: int
    size: int
    dtype: torch.dtype
    device: torch.device


class Scratch:
    """Memory that layers use one after another, so that it stays in the processor's cache.

    An array is anybody's until the call that takes it ends; arrays used at the same time have
    different names.
    """

    def __init__(self) -> None:
        self._memory: dict[tuple[str, torch.dtype, torch.device], Tensor] = {}

    def take(self, name: str, shape: tuple[int, ...], like: Tensor) -> Tensor:
        """Give an array of this shape, with the precision and the device of ``like``."""
        key, needed = (name, like.dtype, like.device), math.prod(shape)
        memory = self._memory.get(key)
        if memory is None or len(memory) < needed:
            memory = self._memory[key] = like.new_zeros(needed)
        return memory[:needed].view(shape)


class LayerBuffers:
    """Memory of a forward and a backward pass of one layer, and views by time step.

    Arrays are ``(rows, replicas, columns)`` with the rows of one time step after those of another,
    so that a time step is one piece of memory. ``operands`` is what the cell reads: the input, 1,
    1, its own state. It has the rows of one time step more, for the last state.

    Args:
        shape: All that the memory depends on.
        scratch: Where to take what no later call reads.
    """

    def __init__(self, shape: LayerShape, scratch: Scratch) -> None:
        self.shape, self.passes = shape, 0
        replicas, size = shape.replicas, shape.size
        total, last = shape.rows.total, shape.rows.counts[-1]
        own = shape.features + 2
        empty = torch.empty(0, dtype=shape.dtype, device=shape.device)

        def keep(rows: int, width: int) -> Tensor:
            return empty.new_zeros(rows, replicas, width)

        def take(name: str, rows: int, width: int) -> Tensor:
            return scratch.take(name, (rows, replicas, width), empty)

        self.operands, self.memories = keep(total + last, own + size), keep(total + last, size)
        self.operands[..., shape.features : own] = 1
        self.states = self.operands[..., own:]
        self.gates, self.squashed = keep(total, 4 * size), keep(total, size)
        self.grad_gates = take("grad_gates", total, 4 * size)
        self.grad_states = take("grad_states", total, size)
        self.factors = [take(f"factor {k}", total, size) for k in range(5)]
        self.products, self.grad_memory, self.grad_before = (
            take(name, last, size) for name in ("products", "grad_memory", "grad_before")
        )
        self.halved = scratch.take("halved", (replicas, own + size, 4 * size), empty)
        self.scale = empty.new_ones(4 * size)
        self.scale.view(4, size)[[0, 1, 3]] = 0.5
        self.after = self._places_after()
        self.views = _Views(self)

    def _places_after(self) -> Tensor:
        """Give for every row the place of the state that it makes."""
        rows = self.shape.rows
        begins = rows.begins[1:]
        places = [
            begin + row
            for begin, count in zip(begins, rows.counts, strict=True)
            for row in range(count)
        ]
        return torch.tensor(places, device=self.shape.device)


class _Views:
    """Everything the loops touch, cut out once and for all: lists by time step."""

    def __init__(self, b: LayerBuffers) -> None:
        rows, size = b.shape.rows, b.shape.size
        counts, times = rows.counts, range(len(rows.counts))
        with_numpy = on_processor(b.shape.device)
        self.xp: Any = np if with_numpy else torch
        self.array = array = _as_numpy if with_numpy else _as_it_is

        def cut(tensor: Tensor, begins: Sequence[int] = rows.begins) -> list[Any]:
            return [array(tensor[begins[time] : begins[time] + counts[time]]) for time in times]

        def quarters(tensor: Tensor) -> list[list[Any]]:
            return [cut(part) for part in torch.split(tensor, size, dim=-1)]

        def births(tensor: Tensor, begins: Sequence[int]) -> list[list[tuple[Any, Any]]]:
            return [
                [
                    (array(tensor[begins[time] + row]), array(tensor[begins[time] + parent]))
                    for row, parent in rows.born(time)
                ]
                for time in times
            ]

        zeros = [0] * len(times)
        self.read, self.gates = cut(b.operands), cut(b.gates)
        self.quarters, self.squashed = quarters(b.gates), cut(b.squashed)
        self.before, self.after = cut(b.memories), cut(b.memories, rows.begins[1:])
        self.states = cut(b.states, rows.begins[1:])
        self.births = [births(tensor, rows.begins) for tensor in (b.memories, b.states)]
        self.grad_gates, self.grad_quarters = cut(b.grad_gates), quarters(b.grad_gates)
        self.grad_states, self.factors = cut(b.grad_states), [cut(f) for f in b.factors]
        self.grad_memory, self.products = cut(b.grad_memory, zeros), cut(b.products, zeros)
        self.grad_before = cut(b.grad_before, zeros)
        self.grad_births = [births(tensor, zeros) for tensor in (b.grad_memory, b.grad_before)]
        self.halved = array(b.halved)
        self.scale, self.shift = array(b.scale), array(1 - b.scale)
        self.read, self.gates_by_replica, self.grad_gates, self.grad_before_by_replica = (
            [part.swapaxes(0, 1) for part in parts]
            for parts in (self.read, self.gates, self.grad_gates, self.grad_before)
        )


def on_processor(device: torch.device) -> bool:
    """Tell whether numpy can work on a tensor's own memory."""
    return device.type == "cpu"


def _as_numpy(tensor: Tensor) -> Any:
    return tensor.detach().numpy()


def _as_it_is(tensor: Tensor) -> Any:
    return tensor.detach()


def forward(
    b: LayerBuffers,
    inputs: Float[Tensor, "rows replicas features"],
    hidden: Float[Tensor, "first replicas hidden"],
    weight: Float[Tensor, "replicas read gates"],
) -> Float[Tensor, "rows replicas hidden"]:
    """Go forward in time; fills the activated gates, the memories and the states.

    One tanh serves all gates: sigmoid(x) = tanh(x / 2) / 2 + 1 / 2, and the weights are halved.

    Args:
        b: Where to.
        inputs: What the layer reads.
        hidden: Its states before the first time step.
        weight: All its weights.
    """
    b.operands[: len(inputs), :, : b.shape.features] = inputs
    b.states[: len(hidden)] = hidden
    torch.mul(weight, b.scale, out=b.halved)
    v = b.views
    matmul, multiply, add, tanh = v.xp.matmul, v.xp.multiply, v.xp.add, v.xp.tanh
    i, f, g, o = v.quarters
    for time, gates in enumerate(v.gates):
        for births in v.births:
            for child, parent in births[time]:
                child[...] = parent
        matmul(v.read[time], v.halved, out=v.gates_by_replica[time])
        tanh(gates, out=gates)
        multiply(gates, v.scale, out=gates)
        add(gates, v.shift, out=gates)
        memory, squashed = v.after[time], v.squashed[time]
        multiply(f[time], v.before[time], out=memory)
        multiply(i[time], g[time], out=squashed)
        add(memory, squashed, out=memory)
        tanh(memory, out=squashed)
        multiply(o[time], squashed, out=v.states[time])
    b.passes += 1
    return b.states.index_select(0, b.after)


def _prepare_factors(b: LayerBuffers) -> None:
    """Compute what the gradient is multiplied by in every row.

    The first four lead to the gates before activation, from the memory's gradient (input, forget,
    cell) and from the state's (output); the last leads from the state to the memory.
    """
    i, f, g, o = torch.split(b.gates, b.shape.size, dim=-1)
    sigmoid_backward, tanh_backward = torch.ops.aten.sigmoid_backward, torch.ops.aten.tanh_backward
    sigmoid_backward(g, i, grad_input=b.factors[0])
    sigmoid_backward(b.memories[: len(f)], f, grad_input=b.factors[1])
    tanh_backward(i, g, grad_input=b.factors[2])
    sigmoid_backward(b.squashed, o, grad_input=b.factors[3])
    tanh_backward(o, b.squashed, grad_input=b.factors[4])


def backward(
    b: LayerBuffers,
    grad: Float[Tensor, "rows replicas hidden"],
    weight: Float[Tensor, "replicas read gates"],
) -> tuple[Tensor, Tensor, Tensor]:
    """Go backward in time; give the gradients of the inputs, the first states and the weights.

    Args:
        b: After the forward pass.
        grad: The gradient of the states.
        weight: All weights of the layer.
    """
    b.grad_states.copy_(grad)
    b.grad_memory.zero_()
    _prepare_factors(b)
    v = b.views
    recurrent = v.array(weight[:, b.shape.features + 2 :].transpose(1, 2))
    matmul, multiply, add = v.xp.matmul, v.xp.multiply, v.xp.add
    by_input, by_forget, by_cell, by_output, to_memory = v.factors
    di, df, dg, do = v.grad_quarters
    forget = v.quarters[1]
    for time in reversed(range(len(v.gates))):
        state, memory, product = v.grad_states[time], v.grad_memory[time], v.products[time]
        multiply(state, to_memory[time], out=product)
        add(memory, product, out=memory)
        multiply(by_input[time], memory, out=di[time])
        multiply(by_forget[time], memory, out=df[time])
        multiply(by_cell[time], memory, out=dg[time])
        multiply(by_output[time], state, out=do[time])
        multiply(memory, forget[time], out=memory)
        matmul(v.grad_gates[time], recurrent, out=v.grad_before_by_replica[time])
        for births in v.grad_births:
            for child, parent in births[time]:
                add(parent, child, out=parent)
        if time > 0:
            before = v.grad_states[time - 1]
            add(before, v.grad_before[time - 1], out=before)
    grad_inputs, grad_weight = _products(b, weight)
    return grad_inputs, b.grad_before[: b.shape.rows.counts[0]].clone(), grad_weight


def _products(b: LayerBuffers, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Give the gradients of the inputs and of the weights, each one product."""
    v, array = b.views, b.views.array
    grad_gates = array(b.grad_gates.transpose(0, 1))
    read = b.operands[: len(b.gates)].permute(1, 2, 0)
    grad_weight = torch.empty_like(weight)
    v.xp.matmul(array(read), grad_gates, out=array(grad_weight))
    grad_inputs = weight.new_empty(len(b.gates), b.shape.replicas, b.shape.features)
    below = array(weight[:, : b.shape.features].transpose(1, 2))
    v.xp.matmul(grad_gates, below, out=array(grad_inputs.transpose(0, 1)))
    return grad_inputs, grad_weight
