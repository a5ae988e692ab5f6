"""The way of one layer of :mod:`unvanish.nn.replicated_lstm` through time and back."""

import torch
from jaxtyping import Float
from torch import Tensor

from .replicated_buffers import LayerBuffers

__all__ = ["backward", "forward"]


def forward(
    b: LayerBuffers, weight: Float[Tensor, "replicas read gates"], time: int | None = None
) -> None:
    """Go forward in time: from inputs and first states to gates, memories and states.

    One tanh serves all gates: sigmoid(x) = tanh(x / 2) / 2 + 1 / 2, and the weights are halved.

    Args:
        b: With what the layer reads, and its states before the first time step, in place.
        weight: All its weights.
        time: How many time steps to go; all when absent.
    """
    torch.mul(weight, b.scale, out=b.halved)
    v = b.views
    matmul, multiply, add, tanh = v.xp.matmul, v.xp.multiply, v.xp.add, v.xp.tanh
    halved, half = v.halved, v.half
    for at in v.forth[:time]:
        for child, parent in at.births:
            child[...] = parent
        matmul(at.read, halved, out=at.summed)
        tanh(at.summed_by_gate, out=at.gates)
        multiply(at.sigmoids, half, out=at.sigmoids)
        add(at.sigmoids, half, out=at.sigmoids)
        multiply(at.input_forget, at.cell_memory, out=at.terms)
        add(at.new, at.kept, out=at.memory)
        tanh(at.memory, out=at.squashed)
        multiply(at.output, at.squashed, out=at.state)


def _prepare_factors(b: LayerBuffers, total: int) -> None:
    """Compute what the gradient is multiplied by in every row.

    The first leads from the state to the memory, the others to the gates before activation: from
    the state's gradient (output) and from the memory's (input, forget, cell).
    """
    v = b.views
    multiply, subtract = v.xp.multiply, v.xp.subtract
    used = b.gates[:, :total], b.squashed[:total], b.factors[:, :total]
    gates, squashed, factors = map(v.array, used)
    for factor, tanh, gate in ((factors[0], squashed, gates[0]), (factors[4], gates[3], gates[1])):
        multiply(tanh, tanh, out=factor)
        subtract(v.one, factor, out=factor)
        multiply(factor, gate, out=factor)
    slopes = factors[1:4]
    subtract(v.one, gates[:3], out=slopes)
    multiply(slopes, gates[:3], out=slopes)
    multiply(slopes[0], squashed, out=slopes[0])
    multiply(slopes[1:], gates[3:], out=slopes[1:])


def backward(
    b: LayerBuffers,
    weight: Float[Tensor, "replicas read gates"],
    grad_weight: Float[Tensor, "replicas read gates"],
    grad_inputs: Float[Tensor, "rows replicas features"],
    time: int | None = None,
) -> None:
    """Go backward in time, from ``b.grad_states``, which is used up.

    The gradient of the states before the first time step is left in ``b.grad_before``.

    Args:
        b: After the forward pass, with the gradient of the states in place.
        weight: All weights of the layer.
        grad_weight: Where to write their gradient.
        grad_inputs: Where to write the gradient of what the layer reads.
        time: How many time steps were gone forward; all when absent.
    """
    begins = b.shape.rows.begins
    total = begins[len(begins) - 1 if time is None else time]
    b.grad_memory.zero_()
    _prepare_factors(b, total)
    v = b.views
    b.recurrent.copy_(weight[:, b.shape.features + 2 :].transpose(1, 2))
    recurrent = v.array(b.recurrent)
    matmul, multiply, add = v.xp.matmul, v.xp.multiply, v.xp.add
    for at in reversed(v.back[:time]):
        multiply(at.state, at.to_memory, out=at.product)
        add(at.memory, at.product, out=at.memory)
        multiply(at.by_output, at.state, out=at.output)
        multiply(at.by_others, at.memory, out=at.others)
        multiply(at.memory, at.forget, out=at.memory)
        matmul(at.gates, recurrent, out=at.before_by_replica)
        for child, parent in at.births:
            add(parent, child, out=parent)
        add(at.state_before, at.before, out=at.state_before)
    _products(b, total, weight, grad_weight, grad_inputs)


def _products(
    b: LayerBuffers, total: int, weight: Tensor, grad_weight: Tensor, grad_inputs: Tensor
) -> None:
    """Give the gradients of the inputs and of the weights, each one product."""
    matmul, array = b.views.xp.matmul, b.views.array
    grad_gates = array(b.grad_gates[:total].transpose(0, 1))
    read = b.operands[:total].permute(1, 2, 0)
    matmul(array(read), grad_gates, out=array(grad_weight))
    below = weight[:, : b.shape.features].transpose(1, 2)
    matmul(grad_gates, array(below), out=array(grad_inputs[:total].transpose(0, 1)))
