import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from unvanish.nn.packed_gru import gru_last_states, packed_order

LENGTHS = torch.tensor([2, 5, 1, 5, 3])


def make(dtype=torch.float64, hidden=4):
    torch.manual_seed(1)
    layers = torch.nn.GRU(3, hidden, batch_first=True).to(dtype)
    for parameter in layers.parameters():
        torch.nn.init.normal_(parameter)
    return layers, torch.randn(5, 6, 3, dtype=dtype, requires_grad=True)


def ours(layers, vectors):
    order, rows, places, sizes = packed_order(LENGTHS)
    inputs = torch.nn.functional.linear(
        vectors[rows, places], layers.weight_ih_l0, layers.bias_ih_l0
    )
    states = gru_last_states(inputs, layers.weight_hh_l0, layers.bias_hh_l0, sizes)
    return states[torch.argsort(order)]


def torchs(layers, vectors):
    packed = pack_padded_sequence(vectors, LENGTHS, batch_first=True, enforce_sorted=False)
    return layers(packed)[1][0]


def gradients(function, layers, vectors, weights):
    layers.zero_grad()
    states = function(layers, vectors)
    found = torch.autograd.grad((states * weights).sum(), [vectors, *layers.parameters()])
    return [states, *found]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_states_and_gradients_are_those_of_torch(dtype):
    layers, vectors = make(dtype)
    weights = torch.randn(5, 4, dtype=dtype)
    ones = gradients(ours, layers, vectors, weights)
    for one, other in zip(ones, gradients(torchs, layers, vectors, weights), strict=True):
        torch.testing.assert_close(one, other)


def test_gradients_are_those_of_differences():
    order, _, _, sizes = packed_order(torch.tensor([3, 1, 2]))
    inputs = torch.randn(6, 6, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(6, 2, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(6, dtype=torch.float64, requires_grad=True)
    assert order.tolist() == [0, 2, 1]
    assert torch.autograd.gradcheck(
        lambda *given: gru_last_states(*given, sizes), (inputs, weight, bias)
    )


def test_under_autocast_products_are_rounded_and_nothing_else():
    layers, vectors = make(torch.float32, hidden=64)
    for parameter in layers.parameters():
        torch.nn.init.uniform_(parameter, -0.1, 0.1)
    weights = torch.randn(5, 64)
    exact = gradients(ours, layers, vectors, weights)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = gradients(ours, layers, vectors, weights)
    for one, other in zip(rounded, exact, strict=True):
        assert one.dtype == torch.float32
        assert 0 < float((one - other).detach().norm() / other.detach().norm()) < 0.02


def test_every_step_is_gone_through_once():
    order, rows, places, sizes = packed_order(LENGTHS, reverse=True)
    assert order.tolist() == [1, 3, 4, 0, 2]
    assert sizes == [5, 4, 3, 2, 2]
    assert sorted(zip(rows.tolist(), places.tolist(), strict=True)) == sorted(
        (row, place) for row, length in enumerate(LENGTHS.tolist()) for place in range(length)
    )
    first = dict(zip(rows[:5].tolist(), places[:5].tolist(), strict=True))
    assert first == {row: length - 1 for row, length in enumerate(LENGTHS.tolist())}


def test_an_input_that_was_given_is_not_changed():
    _, _, _, sizes = packed_order(torch.tensor([2, 1]))
    inputs, weight, bias = torch.randn(3, 6), torch.randn(6, 2), torch.randn(6)
    before = inputs.clone()
    gru_last_states(inputs, weight, bias, sizes)
    assert torch.equal(inputs, before)
