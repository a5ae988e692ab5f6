"""Replicated LSTMs against torch's own, replica by replica."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn

from unvanish.nn.prefix_rows import PrefixRows, Rows
from unvanish.nn.replicated_lstm import ReplicatedLSTM, stack_layer, unstack_layer

TIME, REPLICAS, BATCH, INPUTS, HIDDEN = 5, 3, 2, 3, 4


def make_lstms(layers: int, dtype: torch.dtype = torch.float64) -> list[nn.LSTM]:
    torch.manual_seed(0)
    return [nn.LSTM(INPUTS, HIDDEN, layers, dtype=dtype) for _ in range(REPLICAS)]


def weights_of(lstms: Sequence[nn.LSTM]) -> list[Tensor]:
    return [stack_layer(lstms, layer).requires_grad_() for layer in range(lstms[0].num_layers)]


def make_arguments(layers: int, dtype: torch.dtype, *, time: int = TIME, batch: int = BATCH):
    torch.manual_seed(1)
    inputs = torch.randn(time, batch, REPLICAS, INPUTS, dtype=dtype, requires_grad=True)
    hidden = torch.randn(layers, batch, REPLICAS, HIDDEN, dtype=dtype, requires_grad=True)
    return inputs, hidden


def run_replicated(
    weights: Sequence[Tensor], inputs: Tensor, hidden: Tensor, replicated: ReplicatedLSTM
) -> Tensor:
    time, batch = inputs.shape[:2]
    states = replicated(inputs.flatten(0, 1), hidden, weights, Rows.separate(time, batch))
    return states.unflatten(0, (time, batch))


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


@pytest.mark.parametrize("layers", [1, 2, 3, 7])
@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_states_and_gradients_are_those_of_torch(layers, dtype, within):
    lstms = make_lstms(layers, dtype)
    weights, leaves = weights_of(lstms), make_arguments(layers, dtype)
    ours, theirs = run_replicated(weights, *leaves, ReplicatedLSTM()), run_torch(lstms, *leaves)
    torch.testing.assert_close(ours, theirs, rtol=within, atol=within)
    factor = torch.randn_like(ours)
    mine = torch.autograd.grad((ours * factor).sum(), [*leaves, *weights])
    references = torch_gradients((theirs * factor).sum(), lstms, leaves)
    for gradient, reference in zip(mine, references, strict=True):
        torch.testing.assert_close(gradient, reference, rtol=within, atol=within)


@pytest.mark.parametrize("layers", [1, 3])
def test_shared_rows_compute_what_separate_rows_compute(layers):
    words = torch.tensor([[1, 1, 2, 0, 0], [1, 1, 2, 0, 3], [1, 2, 2, 1, 0], [1, 1, 2, 2, 2]])
    torch.manual_seed(2)
    table = torch.randn(4, REPLICAS, INPUTS, dtype=torch.float64, requires_grad=True)
    lstms, shared = make_lstms(layers), PrefixRows.of(words)
    weights = weights_of(lstms)
    one = torch.randn(layers, 1, REPLICAS, HIDDEN, dtype=torch.float64, requires_grad=True)
    packed = ReplicatedLSTM()(table[shared.words], one, weights, shared.rows)
    ours, theirs = (
        packed[shared.places.T],
        run_torch(lstms, table[words.T], one.expand(-1, 4, -1, -1)),
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
    factor = torch.randn_like(ours)
    mine = torch.autograd.grad((ours * factor).sum(), [table, one, *weights])
    references = torch_gradients((theirs * factor).sum(), lstms, [table, one])
    for gradient, reference in zip(mine, references, strict=True):
        torch.testing.assert_close(gradient, reference, rtol=1e-12, atol=1e-12)


def test_gradient_is_that_of_finite_differences():
    lstms = make_lstms(2)
    rows = Rows(counts=(1, 2, 2, 4), parents=(0, 1, 0))
    torch.manual_seed(1)
    inputs = torch.randn(rows.total, REPLICAS, INPUTS, dtype=torch.float64, requires_grad=True)
    hidden = torch.randn(2, 1, REPLICAS, HIDDEN, dtype=torch.float64, requires_grad=True)

    def run(inputs, hidden, *weights):
        return ReplicatedLSTM()(inputs, hidden, weights, rows)

    assert torch.autograd.gradcheck(run, (inputs, hidden, *weights_of(lstms)))


def test_torch_functions_give_the_same_as_numpy_functions(monkeypatch):
    weights, leaves = weights_of(make_lstms(2)), make_arguments(2, torch.float64)
    results = []
    for on_processor in (True, False):
        monkeypatch.setattr(
            "unvanish.nn.replicated_cells.on_processor", lambda device, answer=on_processor: answer
        )
        states = run_replicated(weights, *leaves, ReplicatedLSTM())
        results.append([states, *torch.autograd.grad(states.square().sum(), [*leaves, *weights])])
    for numpy_made, torch_made in zip(*results, strict=True):
        torch.testing.assert_close(numpy_made, torch_made, rtol=1e-12, atol=1e-12)


def test_buffers_serve_again_for_the_same_and_for_another_shape():
    lstms, replicated = make_lstms(2), ReplicatedLSTM()
    for time, batch in ((4, 2), (4, 2), (6, 3), (1, 1)):
        leaves = make_arguments(2, torch.float64, time=time, batch=batch)
        ours = run_replicated(weights_of(lstms), *leaves, replicated)
        torch.testing.assert_close(ours, run_torch(lstms, *leaves))


def test_outputs_and_gradients_survive_the_next_pass():
    weights, replicated = weights_of(make_lstms(2)), ReplicatedLSTM()
    inputs, hidden = make_arguments(2, torch.float64)
    first = run_replicated(weights, inputs, hidden, replicated)
    grads = torch.autograd.grad(first.sum(), [inputs, hidden, *weights])
    before = [value.detach().clone() for value in (first, *grads)]
    second = run_replicated(weights, inputs + 1, hidden - 1, replicated)
    torch.autograd.grad(second.square().sum(), [inputs, hidden, *weights])
    for value, kept in zip((first, *grads), before, strict=True):
        assert torch.equal(value, kept)


def test_backward_after_another_forward_is_refused():
    weights, replicated = weights_of(make_lstms(1)), ReplicatedLSTM()
    leaves = make_arguments(1, torch.float64)
    first = run_replicated(weights, *leaves, replicated)
    run_replicated(weights, *leaves, replicated)
    with pytest.raises(RuntimeError, match="another forward pass"):
        first.sum().backward()


def test_unstacking_gives_back_what_was_stacked():
    lstms, others = make_lstms(3), [nn.LSTM(INPUTS, HIDDEN, 3).double() for _ in range(REPLICAS)]
    for layer in range(3):
        for stacked, other in zip(stack_layer(lstms, layer), others, strict=True):
            unstack_layer(stacked, other, layer)
    for lstm, other in zip(lstms, others, strict=True):
        for name, value in lstm.state_dict().items():
            assert torch.equal(value, other.state_dict()[name])
