"""The output layer and its cross-entropy as one function, against torch's two."""

from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from unvanish.objectives.linear_cross_entropy import linear_cross_entropy

MODULE = "unvanish.objectives.linear_cross_entropy"


def plain(states, targets, output):
    return F.cross_entropy(output(states).float(), targets, reduction="none")


def problem(rows=37, words=29, features=8, bias=True, dtype=torch.float32):
    states = torch.randn(rows, features, dtype=dtype).requires_grad_()
    output = nn.Linear(features, words, bias=bias, dtype=dtype)
    return states, torch.randint(words, (rows,)), output


def gradients(losses, states, output, share):
    return torch.autograd.grad((losses * share).sum(), [states, *output.parameters()])


def limit(monkeypatch, **limits):
    for name, value in limits.items():
        monkeypatch.setattr(f"{MODULE}._{name}", value)


@pytest.fixture
def products(monkeypatch):
    """How many logits every product made, and in which kind of numbers."""
    made, mm = [], torch.mm

    def counted(*given):
        logits = mm(*given)
        made.append((logits.numel(), logits.dtype))
        return logits

    monkeypatch.setattr(torch, "mm", counted)
    return made


@pytest.mark.parametrize("near", [1, 100, 10**6])
@pytest.mark.parametrize(("kept", "portion"), [(10**6, 1), (0, 1), (0, 100), (0, 10**6)])
@pytest.mark.parametrize("words", [63, 64, 65])
@pytest.mark.parametrize(("bias", "many"), [(True, 1), (False, 1), (True, 10**6)])
def test_losses_and_gradients_are_those_of_two_functions(
    monkeypatch, words, bias, many, kept, portion, near
):
    limit(monkeypatch, KEPT=kept, PORTION=portion, NEAR=near, MANY=many)
    states, targets, output = problem(words=words, bias=bias, dtype=torch.float64)
    share = torch.rand(len(states), dtype=torch.float64)
    expected = F.cross_entropy(output(states), targets, reduction="none")
    found = linear_cross_entropy(states, targets, output)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(
        gradients(found, states, output, share), gradients(expected, states, output, share)
    )


@pytest.mark.parametrize("kept", [10**6, 0])
def test_in_32_bits_it_differs_by_rounding_alone(monkeypatch, kept):
    limit(monkeypatch, KEPT=kept, PORTION=500)
    states, targets, output = problem(rows=200, words=1_003, features=64)
    expected, found = plain(states, targets, output), linear_cross_entropy(states, targets, output)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(
        gradients(found, states, output, 1 / 200),
        gradients(expected, states, output, 1 / 200),
        atol=1e-7,
        rtol=1e-4,
    )


@pytest.mark.parametrize("kept", [10**6, 0])
def test_in_16_bits_it_is_as_exact_as_two_functions(monkeypatch, products, kept):
    """A share that 16 bits do not hold is part of it: 1/3 would be 0.2 % too large."""
    limit(monkeypatch, KEPT=kept, PORTION=2_000)
    states, targets, output = problem(rows=300, words=97, features=16)
    wide = states.detach().double().requires_grad_(), deepcopy(output).double()
    exact = F.cross_entropy(wide[1](wide[0]), targets, reduction="none")
    truth = gradients(exact, *wide, 1 / 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        theirs = plain(states, targets, output)
        found = linear_cross_entropy(states, targets, output)
    assert found.dtype == torch.float32
    assert {dtype for _, dtype in products[-2:]} == {torch.bfloat16}
    assert (found - exact).abs().max() <= 1.5 * (theirs - exact).abs().max()
    assert (found - exact).abs().max() > 1e-4  # 16 bits were used indeed
    both = gradients(found, states, output, 1 / 3), gradients(theirs, states, output, 1 / 3)
    for our, their, true in zip(*both, truth, strict=True):
        assert our.dtype == torch.float32
        assert (our - true).norm() <= 1.5 * (their - true).norm()
        assert abs((our * true).sum() / true.square().sum() - 1) < 1e-3  # no share is lost


@pytest.mark.parametrize("portion", [1, 33, 10**6])
@pytest.mark.parametrize("rows", [0, 1, 40])
def test_without_gradients_there_are_never_more_than_a_portion(
    monkeypatch, products, portion, rows
):
    states, targets, output = problem(rows=rows, words=11)
    expected = plain(states, targets, output).detach()
    limit(monkeypatch, PORTION=portion)
    with torch.no_grad():
        torch.testing.assert_close(linear_cross_entropy(states, targets, output), expected)
    assert max((n for n, _ in products), default=0) <= max(portion // 64, 1) * 64


def test_more_than_may_be_kept_are_made_in_portions_twice(monkeypatch, products):
    states, targets, output = problem(rows=40, words=64)
    limit(monkeypatch, KEPT=40 * 64 - 1, PORTION=640)
    linear_cross_entropy(states, targets, output).sum().backward()
    assert [numbers for numbers, _ in products] == [640] * 8


def test_extreme_logits_stay_finite_and_impossible_words_are_infinite():
    output = nn.Linear(1, 3)
    with torch.no_grad():
        output.weight.copy_(torch.tensor([[1e4], [-1e4], [0.0]]))
        output.bias.zero_()
    states, targets = torch.ones(3, 1, requires_grad=True), torch.tensor([0, 1, 2])
    found = linear_cross_entropy(states, targets, output)
    assert found.tolist() == [0.0, 2e4, 1e4]
    found.sum().backward()
    assert states.grad.isfinite().all()


def test_parts_that_need_no_gradient_get_none():
    states, targets, output = problem()
    output.requires_grad_(False)
    linear_cross_entropy(states, targets, output).sum().backward()
    assert states.grad is not None
    assert output.weight.grad is None
    found = linear_cross_entropy(states.detach(), targets, output)
    assert not found.requires_grad


@pytest.mark.parametrize("word", [7, 63, -1, -100])
@pytest.mark.parametrize("learning", [True, False])
def test_a_target_that_is_no_word_is_refused(word, learning):
    output = nn.Linear(4, 7)
    with torch.set_grad_enabled(learning), pytest.raises(IndexError, match=f"target {word} is not"):
        linear_cross_entropy(torch.randn(2, 4), torch.tensor([0, word]), output)


def test_no_rows_have_gradients_of_zero():
    states, targets, output = problem(rows=0)
    found = gradients(linear_cross_entropy(states, targets, output), states, output, 1.0)
    assert all(torch.equal(grad, torch.zeros_like(grad)) for grad in found)
    assert [grad.shape for grad in found] == [states.shape, output.weight.shape, output.bias.shape]


def test_few_rows_need_no_copy_of_the_weight(monkeypatch):
    states, targets, output = problem(rows=3, words=65)
    read, mm = [], torch.mm
    monkeypatch.setattr(torch, "mm", lambda one, two: read.append(two.data_ptr()) or mm(one, two))
    with torch.no_grad():
        linear_cross_entropy(states, targets, output)
    assert read == [output.weight.data_ptr()]


def test_gradients_have_gradients_of_their_own():
    states, targets, output = problem(rows=3, words=5, features=2, dtype=torch.float64)
    parameters = dict(output.named_parameters())

    def losses(states, weight, bias):
        layer = nn.Linear(2, 5, dtype=torch.float64)
        del layer.weight, layer.bias
        layer.weight, layer.bias = weight, bias
        return linear_cross_entropy(states, targets, layer)

    inputs = (states, *(value.detach().requires_grad_() for value in parameters.values()))
    assert torch.autograd.gradcheck(losses, inputs)
    assert torch.autograd.gradgradcheck(losses, inputs)


def test_a_graph_may_be_gone_through_twice():
    states, targets, output = problem()
    total = linear_cross_entropy(states, targets, output).sum()
    total.backward(retain_graph=True)
    once = states.grad.clone()
    total.backward()
    torch.testing.assert_close(states.grad, 2 * once)
