"""Replicated LSTMs against torch's own, replica by replica."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn

from unvanish.nn.prefix_rows import PrefixRows, Rows
from unvanish.nn.replicated_lstm import ReplicatedLSTM, Scratch, stack_layer, unstack_layer

TIME, REPLICAS, BATCH, INPUTS, HIDDEN = 5, 3, 2, 3, 4


def make_lstms(layers: int, dtype: torch.dtype = torch.float64) -> list[nn.LSTM]:
    torch.manual_seed(0)
    return [nn.LSTM(INPUTS, HIDDEN, layers, dtype=dtype) for _ in range(REPLICAS)]


def weights_of(lstms: Sequence[nn.LSTM]) -> list[Tensor]:
    return [stack_layer(lstms, layer) for layer in range(lstms[0].num_layers)]


def make_arguments(layers: int, dtype: torch.dtype, *, time: int = TIME, batch: int = BATCH):
    torch.manual_seed(1)
    inputs = torch.randn(time, batch, REPLICAS, INPUTS, dtype=dtype, requires_grad=True)
    hidden = torch.randn(layers, batch, REPLICAS, HIDDEN, dtype=dtype, requires_grad=True)
    return inputs, hidden


def make_replicated(rows: Rows, layers: int, like: Tensor) -> ReplicatedLSTM:
    return ReplicatedLSTM(
        rows, replicas=REPLICAS, features=INPUTS, size=HIDDEN, layers=layers, like=like
    )


def run_replicated(replicated, weights, inputs, hidden) -> Tensor:
    """Give the states of all rows; ``inputs`` is (rows, replicas, features)."""
    replicated.inputs.copy_(inputs.detach())
    for first, values in zip(replicated.first, hidden.detach(), strict=True):
        first.copy_(values)
    replicated.forward(weights)
    return replicated.states[replicated.places][..., 1:]


def differentiate(replicated, weights, grad: Tensor) -> list[Tensor]:
    """Give the gradients of inputs, first states and weights."""
    replicated.grad_states.copy_(grad)
    grads = [torch.full_like(weight, torch.nan) for weight in weights]
    replicated.backward(weights, grads)
    return [replicated.grad_inputs, replicated.grad_first, *grads]


def assert_all_close(ours, theirs, within):
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=within, atol=within)


def run_torch(lstms: Sequence[nn.LSTM], inputs: Tensor, hidden: Tensor) -> Tensor:
    outputs = []
    for replica, lstm in enumerate(lstms):
        first = hidden[:, :, replica].contiguous()
        outputs.append(lstm(inputs[:, :, replica], (first, torch.zeros_like(first)))[0])
    return torch.stack(outputs, dim=2)


def torch_gradients(loss: Tensor, lstms: Sequence[nn.LSTM], leaves: Sequence[Tensor]):
    """Differentiate by torch; the gradients of LSTMs are laid out like the stacked weights."""
    parameters = [p for lstm in lstms for p in lstm.parameters()]
    grads = torch.autograd.grad(loss, [*leaves, *parameters])
    with torch.no_grad():
        for parameter, grad in zip(parameters, grads[len(leaves) :], strict=True):
            parameter.copy_(grad)
    return [*grads[: len(leaves)], *(w.detach() for w in weights_of(lstms))]


def assert_like_torch(replicated, lstms, inputs, hidden, within):
    weights = weights_of(lstms)
    ours = run_replicated(replicated, weights, inputs.flatten(0, 1), hidden)
    theirs = run_torch(lstms, inputs, hidden)
    torch.testing.assert_close(ours, theirs.flatten(0, 1), rtol=within, atol=within)
    factor = torch.randn_like(theirs)
    grad_inputs, *others = differentiate(replicated, weights, factor.flatten(0, 1))
    references = torch_gradients((theirs * factor).sum(), lstms, [inputs, hidden])
    assert_all_close([grad_inputs.view_as(inputs), *others], references, within)


@pytest.mark.parametrize("on_processor", [True, False])
@pytest.mark.parametrize("layers", [1, 2, 3, 7])
@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_states_and_gradients_are_those_of_torch(layers, dtype, within, on_processor, monkeypatch):
    monkeypatch.setattr(
        "unvanish.nn.replicated_buffers.on_processor", lambda device: on_processor
    )  # elsewhere torch's functions do what numpy's do here
    inputs, hidden = make_arguments(layers, dtype)
    replicated = make_replicated(Rows.separate(TIME, BATCH), layers, inputs)
    assert_like_torch(replicated, make_lstms(layers, dtype), inputs, hidden, within)


@pytest.mark.parametrize("layers", [1, 3])
def test_shared_rows_compute_what_separate_rows_compute(layers):
    words = torch.tensor([[1, 1, 2, 0, 0], [1, 1, 2, 0, 3], [1, 2, 2, 1, 0], [1, 1, 2, 2, 2]])
    torch.manual_seed(2)
    table = torch.randn(4, REPLICAS, INPUTS, dtype=torch.float64, requires_grad=True)
    lstms, shared = make_lstms(layers), PrefixRows.of(words)
    weights, replicated = weights_of(lstms), make_replicated(shared.rows, layers, table)
    one = torch.randn(layers, 1, REPLICAS, HIDDEN, dtype=torch.float64, requires_grad=True)
    packed = run_replicated(replicated, weights, table[shared.words], one)
    ours, theirs = (
        packed[shared.places.T],
        run_torch(lstms, table[words.T], one.expand(-1, 4, -1, -1)),
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
    factor = torch.randn_like(ours)
    asked = torch.zeros_like(packed).index_add(0, shared.places.T.flatten(), factor.flatten(0, 1))
    grad_inputs, *others = differentiate(replicated, weights, asked)
    grad_table = torch.zeros_like(table).index_add(0, shared.words, grad_inputs)
    references = torch_gradients((theirs * factor).sum(), lstms, [table, one])
    assert_all_close([grad_table, *others], references, 1e-12)


def test_gradient_is_that_of_finite_differences():
    lstms = make_lstms(2)
    rows = Rows(counts=(1, 2, 2, 4), parents=(0, 1, 0))
    torch.manual_seed(1)
    inputs = torch.randn(rows.total, REPLICAS, INPUTS, dtype=torch.float64)
    hidden = torch.randn(2, 1, REPLICAS, HIDDEN, dtype=torch.float64)
    weights, replicated = weights_of(lstms), make_replicated(rows, 2, inputs)
    factor = torch.randn(rows.total, REPLICAS, HIDDEN, dtype=torch.float64)

    def loss() -> float:
        return float((run_replicated(replicated, weights, inputs, hidden) * factor).sum())

    loss()
    gradients = [g.clone() for g in differentiate(replicated, weights, factor)]
    for values, gradient in zip([inputs, hidden, *weights], gradients, strict=True):
        direction = torch.randn_like(values)
        values.add_(direction, alpha=1e-5)
        above = loss()
        values.sub_(direction, alpha=2e-5)
        below = loss()
        values.add_(direction, alpha=1e-5)
        slope = float((gradient * direction).sum())
        assert (above - below) / 2e-5 == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_several_of_one_scratch_serve_again_and_again():
    scratch, lstms = Scratch(), make_lstms(2)
    sizes = {"replicas": REPLICAS, "features": INPUTS, "size": HIDDEN, "layers": 2}
    for time, batch in ((4, 2), (6, 3), (1, 1)):
        inputs, hidden = make_arguments(2, torch.float64, time=time, batch=batch)
        rows = Rows.separate(time, batch)
        replicated = ReplicatedLSTM(rows, **sizes, like=inputs, scratch=scratch)
        for _ in range(2):
            assert_like_torch(replicated, lstms, inputs, hidden, 1e-12)


def test_unstacking_gives_back_what_was_stacked():
    lstms, others = make_lstms(3), [nn.LSTM(INPUTS, HIDDEN, 3).double() for _ in range(REPLICAS)]
    for layer in range(3):
        for stacked, other in zip(stack_layer(lstms, layer), others, strict=True):
            unstack_layer(stacked, other, layer)
    for lstm, other in zip(lstms, others, strict=True):
        for name, value in lstm.state_dict().items():
            assert torch.equal(value, other.state_dict()[name])
