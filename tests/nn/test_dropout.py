"""Dropout whose choice is told, and torch's where it is not."""

import pickle
from copy import deepcopy

import pytest
import torch
from torch import nn

from unvanish.nn import Dropout, KeyedNoise, drawing_from

ONES = torch.ones(6, 40, 50)


def noise(step=0, sentences=range(6)):
    return KeyedNoise.of(3, step, torch.tensor(list(sentences)))


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_values_keep_their_mean(p):
    layer = nn.Sequential(Dropout(p))
    with drawing_from(layer, noise()):
        dropped = layer(ONES)
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / (1 - p)])
    assert float(dropped.mean()) == pytest.approx(1, abs=5 * (p / (1 - p) / ONES.numel()) ** 0.5)


def test_gradients_go_where_values_went():
    layer, values = nn.Sequential(Dropout(0.5)), ONES.clone().requires_grad_()
    with drawing_from(layer, noise()):
        dropped = layer(values)
    dropped.sum().backward()
    assert torch.equal(values.grad, dropped.detach())


def test_layers_choose_differently_and_steps_too():
    layers = nn.ModuleDict({"input": Dropout(0.5), "output": Dropout(0.5)})
    with drawing_from(layers, noise()):
        one, two = layers["input"](ONES), layers["output"](ONES)
        assert torch.equal(layers["input"](ONES), one)
    assert not torch.equal(one, two)
    with drawing_from(layers, noise(step=1)):
        assert not torch.equal(layers["input"](ONES), one)


def test_a_sentence_loses_the_same_wherever_it_stands():
    layer = nn.Sequential(Dropout(0.5))
    with drawing_from(layer, noise()):
        whole = layer(ONES)
    with drawing_from(layer, noise(sentences=[4, 1])):
        torch.testing.assert_close(layer(ONES[:2, :30]), whole[[4, 1], :30], atol=0, rtol=0)


def test_elsewhere_it_is_that_of_torch():
    layer, theirs = Dropout(0.5), nn.Dropout(0.5)
    torch.manual_seed(1)
    ours = layer(ONES)
    torch.manual_seed(1)
    assert torch.equal(ours, theirs(ONES))
    with drawing_from(layer, noise()):
        assert torch.equal(layer.eval()(ONES), ONES)
    assert not torch.equal(layer.train()(ONES), layer(ONES))


def test_inside_each_other_the_inner_one_holds_and_the_outer_one_comes_back():
    layer = nn.Sequential(Dropout(0.5))
    with drawing_from(layer, noise()):
        outer = layer(ONES)
        with drawing_from(layer, noise(step=1)):
            assert not torch.equal(layer(ONES), outer)
        assert torch.equal(layer(ONES), outer)


def test_a_copy_draws_for_itself():
    layer = nn.Sequential(Dropout(0.5))
    with drawing_from(layer, noise()):
        copies = [deepcopy(layer), pickle.loads(pickle.dumps(layer))]
        assert torch.equal(layer(ONES), layer(ONES))
    for copy in copies:
        assert not torch.equal(copy(ONES), copy(ONES))


def test_another_number_of_sentences_is_refused():
    layer = nn.Sequential(Dropout(0.5))
    with drawing_from(layer, noise(sentences=[1])), pytest.raises(ValueError, match="batch of 6"):
        layer(ONES)


def test_after_an_error_nothing_is_left():
    layer = Dropout(0.5)
    with pytest.raises(RuntimeError, match="broken"), drawing_from(layer, noise()):
        raise RuntimeError("broken")
    assert not torch.equal(layer(ONES), layer(ONES))


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_all_or_nothing(p):
    layer = Dropout(p)
    with drawing_from(layer, noise()):
        assert torch.equal(layer(ONES), ONES * (1 - p))


def test_in_16_bits_no_share_is_lost():
    layer = Dropout(0.3)
    values = torch.linspace(1, 2, 1_000_000).bfloat16().view(4, 500, 500)
    with drawing_from(layer, noise(sentences=range(4))):
        dropped = layer(values)
    assert dropped.dtype == torch.bfloat16
    kept = dropped != 0
    ratio = dropped[kept].double().sum() / values[kept].double().sum()
    assert float(ratio) == pytest.approx(1 / 0.7, rel=1e-4)
