"""The memory of one layer of :mod:`unvanish.nn.replicated_lstm`, and views by time step.

What works on it uses functions that numpy and torch spell alike (matmul, multiply, add, tanh with
``out``). On a processor they are numpy's, on the same memory: for arrays this small its functions
take about half the time of torch's.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .prefix_rows import Rows

__all__ = ["LayerBuffers", "LayerShape", "Scratch", "product"]


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
    """Memory of a forward and a backward pass of one layer.

    Rows come one time step after another, so that those of a time step are one piece of memory.
    ``operands`` ``(rows, replicas, columns)`` is what the cell reads: the input, 1, 1, its own
    state. ``gates`` ``(5, rows, replicas, hidden)`` holds the activated output, input and forget
    gates, the cell gate and the memory before the time step: what is multiplied lies side by side.
    Both have the rows of one time step more, for the last state and memory.

    Args:
        shape: All that the memory depends on.
        scratch: Where to take what no later call reads.
    """

    def __init__(self, shape: LayerShape, scratch: Scratch) -> None:
        self.shape = shape
        replicas, size = shape.replicas, shape.size
        total, last = shape.rows.total, shape.rows.counts[-1]
        empty = torch.empty(0, dtype=shape.dtype, device=shape.device)

        def take(name: str, *sizes: int) -> Tensor:
            return scratch.take(name, sizes, empty)

        own = shape.features + 2
        self.operands = empty.new_zeros(total + last, replicas, own + size)
        self.operands[..., shape.features : own] = 1
        self.inputs, self.states = self.operands[:total, :, : own - 2], self.operands[..., own:]
        self.ones_and_states = self.operands[..., own - 1 :]
        self.gates = empty.new_zeros(5, total + last, replicas, size)
        self.squashed = empty.new_zeros(total, replicas, size)
        self.summed = take("summed", last, replicas, 4 * size)
        self.terms = take("terms", 2, last, replicas, size)
        self.factors = take("factors", 5, total, replicas, size)
        self.grad_gates = take("grad_gates", total, replicas, 4 * size)
        self.grad_states = take("grad_states", total, replicas, size)
        self.product, self.grad_memory, self.grad_before = (
            take(name, last, replicas, size) for name in ("product", "grad_memory", "grad_before")
        )
        self.halved = take("halved", replicas, own + size, 4 * size)
        self.recurrent = take("recurrent", replicas, 4 * size, size)
        self.scale = empty.new_full((4 * size,), 0.5)
        self.scale[3 * size :] = 1
        self.views = _Views(self)


@dataclass(frozen=True, slots=True)
class _Forth:
    """What the forward pass touches at a time step; pairs of arrays that are multiplied as one."""

    births: list[tuple[Any, Any]]
    read: Any
    summed: Any
    summed_by_gate: Any
    gates: Any
    sigmoids: Any
    input_forget: Any
    cell_memory: Any
    terms: Any
    new: Any
    kept: Any
    memory: Any
    squashed: Any
    output: Any
    state: Any


@dataclass(frozen=True, slots=True)
class _Back:
    """What the backward pass touches at a time step."""

    births: list[tuple[Any, Any]]
    state: Any
    memory: Any
    product: Any
    to_memory: Any
    by_output: Any
    by_others: Any
    forget: Any
    output: Any
    others: Any
    gates: Any
    before: Any
    before_by_replica: Any
    state_before: Any


class _Views:
    """Everything the loops touch, cut out once and for all."""

    def __init__(self, b: LayerBuffers) -> None:
        with_numpy = on_processor(b.shape.device)
        self.xp: Any = np if with_numpy else torch
        self.array = _as_numpy if with_numpy else _as_it_is
        self.halved = self.array(b.halved)
        self.half, self.one = (self.array(b.gates.new_full((), x)) for x in (0.5, 1.0))
        times = range(len(b.shape.rows.counts))
        self.forth = [self._forth(b, time) for time in times]
        self.back = [self._back(b, time) for time in times]

    def _forth(self, b: LayerBuffers, time: int) -> _Forth:
        rows, array = b.shape.rows, self.array
        begin, end = rows.begins[time : time + 2]
        now, after = slice(begin, end), slice(end, 2 * end - begin)
        summed = b.summed[: end - begin]
        return _Forth(
            births=[
                (array(tensor[begin + row]), array(tensor[begin + parent]))
                for row, parent in rows.born(time)
                for tensor in (b.gates[4], b.states)
            ],
            read=array(b.operands[now].transpose(0, 1)),
            summed=array(summed.transpose(0, 1)),
            summed_by_gate=array(_by_gate(summed)),
            gates=array(b.gates[:4, now]),
            sigmoids=array(b.gates[:3, now]),
            input_forget=array(b.gates[1:3, now]),
            cell_memory=array(b.gates[3:5, now]),
            terms=array(b.terms[:, : end - begin]),
            new=array(b.terms[0, : end - begin]),
            kept=array(b.terms[1, : end - begin]),
            memory=array(b.gates[4, after]),
            squashed=array(b.squashed[now]),
            output=array(b.gates[0, now]),
            state=array(b.states[after]),
        )

    def _back(self, b: LayerBuffers, time: int) -> _Back:
        rows, array = b.shape.rows, self.array
        begin, end = rows.begins[time : time + 2]
        now, first = slice(begin, end), slice(0, end - begin)
        before = slice(begin - rows.counts[time - 1], begin) if time else slice(0, 0)
        grad_gates = b.grad_gates[now]
        return _Back(
            births=[
                (array(tensor[row]), array(tensor[parent]))
                for row, parent in rows.born(time)
                for tensor in (b.grad_memory, b.grad_before)
            ],
            state=array(b.grad_states[now]),
            memory=array(b.grad_memory[first]),
            product=array(b.product[first]),
            to_memory=array(b.factors[0, now]),
            by_output=array(b.factors[1, now]),
            by_others=array(b.factors[2:, now]),
            forget=array(b.gates[2, now]),
            output=array(_by_gate(grad_gates)[0]),
            others=array(_by_gate(grad_gates)[1:]),
            gates=array(grad_gates.transpose(0, 1)),
            before=array(b.grad_before[: before.stop - before.start]),
            before_by_replica=array(b.grad_before[first].transpose(0, 1)),
            state_before=array(b.grad_states[before]),
        )


def _by_gate(gates: Tensor) -> Tensor:
    """View ``(rows, replicas, gates)`` as ``(4, rows, replicas, hidden)``."""
    return gates.view(*gates.shape[:2], 4, -1).permute(2, 0, 1, 3)


def on_processor(device: torch.device) -> bool:
    """Tell whether numpy can work on a tensor's own memory."""
    return device.type == "cpu"


def product(one: Tensor, other: Tensor, out: Tensor) -> Tensor:
    """Write the products of every replica's matrices, which torch would first copy, into ``out``.

    Args:
        one: ``(replicas, rows, columns)``, in any order in memory, like the others.
        other: ``(replicas, columns, others)``.
        out: ``(replicas, rows, others)``.
    """
    if on_processor(out.device):
        np.matmul(_as_numpy(one), _as_numpy(other), out=_as_numpy(out))
    else:
        torch.matmul(one, other, out=out)
    return out


def _as_numpy(tensor: Tensor) -> Any:
    return tensor.detach().numpy()


def _as_it_is(tensor: Tensor) -> Any:
    return tensor.detach()
