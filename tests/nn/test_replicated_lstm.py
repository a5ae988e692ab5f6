"""Replicated LSTMs against torch's own, replica by replica."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn

from unvanish.nn.replicated_lstm import LayerWeights, ReplicatedLSTM

TIME, REPLICAS, BATCH, INPUTS, HIDDEN = 5, 3, 2, 3, 4


def make_lstms(layers: int, dtype: torch.dtype) -> list[nn.LSTM]:
    torch.manual_seed(0)
    return [nn.LSTM(INPUTS, HIDDEN, layers, dtype=dtype) for _ in range(REPLICAS)]


def run_replicated(
    lstms: Sequence[nn.LSTM], inputs: Tensor, hidden: Tensor, replicated: ReplicatedLSTM
) -> Tensor:
    def stacked(name: str) -> Tensor:
        return torch.stack([getattr(lstm, name) for lstm in lstms])

    def bias(layer: int) -> Tensor:
        return stacked(f"bias_ih_l{layer}") + stacked(f"bias_hh_l{layer}")

    projected = torch.einsum("rtbi,rgi->trbg", inputs, stacked("weight_ih_l0"))
    projected = projected + bias(0).unsqueeze(1)

    def turned(name: str) -> Tensor:
        return stacked(name).transpose(1, 2)

    weights = [LayerWeights(turned("weight_hh_l0"))] + [
        LayerWeights(turned(f"weight_hh_l{layer}"), turned(f"weight_ih_l{layer}"), bias(layer))
        for layer in range(1, lstms[0].num_layers)
    ]
    return replicated(projected, hidden, weights)


def run_torch(lstms: Sequence[nn.LSTM], inputs: Tensor, hidden: Tensor) -> Tensor:
    outputs = []
    for replica, lstm in enumerate(lstms):
        first = hidden[:, replica].contiguous()
        outputs.append(lstm(inputs[replica], (first, torch.zeros_like(first)))[0])
    return torch.stack(outputs, dim=1)


@pytest.mark.parametrize("layers", [1, 2, 3, 7])
@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_states_and_gradients_are_those_of_torch(layers, dtype, within):
    lstms = make_lstms(layers, dtype)
    inputs = torch.randn(REPLICAS, TIME, BATCH, INPUTS, dtype=dtype, requires_grad=True)
    hidden = torch.randn(layers, REPLICAS, BATCH, HIDDEN, dtype=dtype, requires_grad=True)
    leaves = [inputs, hidden, *(p for lstm in lstms for p in lstm.parameters())]
    ours = run_replicated(lstms, inputs, hidden, ReplicatedLSTM())
    theirs = run_torch(lstms, inputs, hidden)
    torch.testing.assert_close(ours, theirs, rtol=within, atol=within)
    weight = torch.randn_like(ours)
    for mine, reference in zip(
        torch.autograd.grad((ours * weight).sum(), leaves),
        torch.autograd.grad((theirs * weight).sum(), leaves),
        strict=True,
    ):
        torch.testing.assert_close(mine, reference, rtol=within, atol=within)


def test_gradient_is_that_of_finite_differences():
    def double(*shape: int) -> Tensor:
        return torch.randn(*shape, dtype=torch.float64).mul(0.5).requires_grad_()

    torch.manual_seed(1)
    arguments = [
        double(3, 2, 2, 8),
        double(2, 2, 2, 2),
        double(2, 2, 8),
        double(2, 2, 8),
        double(2, 2, 8),
        double(2, 8),
    ]

    def run(projected, hidden, lowest, recurrent, below, bias):
        layers = [LayerWeights(lowest), LayerWeights(recurrent, below, bias)]
        return ReplicatedLSTM()(projected, hidden, layers)

    assert torch.autograd.gradcheck(run, arguments)


def test_torch_functions_give_the_same_as_numpy_functions(monkeypatch):
    lstms = make_lstms(2, torch.float64)
    inputs = torch.randn(REPLICAS, TIME, BATCH, INPUTS, dtype=torch.float64)
    hidden = torch.randn(2, REPLICAS, BATCH, HIDDEN, dtype=torch.float64, requires_grad=True)
    parameters = [hidden, *(p for lstm in lstms for p in lstm.parameters())]
    results = []
    for on_processor in (True, False):
        monkeypatch.setattr(
            "unvanish.nn.replicated_waves.on_processor", lambda device, answer=on_processor: answer
        )
        states = run_replicated(lstms, inputs, hidden, ReplicatedLSTM())
        results.append([states, *torch.autograd.grad(states.square().sum(), parameters)])
    for numpy_made, torch_made in zip(*results, strict=True):
        torch.testing.assert_close(numpy_made, torch_made, rtol=1e-12, atol=1e-12)


def test_buffers_serve_again_for_the_same_and_for_another_shape():
    lstms, replicated = make_lstms(2, torch.float64), ReplicatedLSTM()
    for time, batch in ((4, 2), (4, 2), (6, 3), (1, 1)):
        inputs = torch.randn(REPLICAS, time, batch, INPUTS, dtype=torch.float64)
        hidden = torch.randn(2, REPLICAS, batch, HIDDEN, dtype=torch.float64)
        ours = run_replicated(lstms, inputs, hidden, replicated)
        torch.testing.assert_close(ours, run_torch(lstms, inputs, hidden))


def test_outputs_survive_the_next_pass():
    lstms, replicated = make_lstms(2, torch.float64), ReplicatedLSTM()
    inputs = torch.randn(REPLICAS, TIME, BATCH, INPUTS, dtype=torch.float64)
    hidden = torch.zeros(2, REPLICAS, BATCH, HIDDEN, dtype=torch.float64)
    first = run_replicated(lstms, inputs, hidden, replicated)
    before = first.detach().clone()
    run_replicated(lstms, inputs + 1, hidden, replicated)
    assert torch.equal(first, before)


def test_backward_after_another_forward_is_refused():
    lstms, replicated = make_lstms(1, torch.float64), ReplicatedLSTM()
    inputs = torch.randn(REPLICAS, TIME, BATCH, INPUTS, dtype=torch.float64)
    hidden = torch.zeros(1, REPLICAS, BATCH, HIDDEN, dtype=torch.float64, requires_grad=True)
    first = run_replicated(lstms, inputs, hidden, replicated)
    run_replicated(lstms, inputs, hidden, replicated)
    with pytest.raises(RuntimeError, match="another forward pass"):
        first.sum().backward()
