import pytest
import torch
from torch import nn

from unvanish.nn import evaluating


@pytest.mark.parametrize("differentiable", [False, True])
def test_dropout_and_gradients_are_off_and_the_mode_comes_back(differentiable):
    layer = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5))
    with evaluating(layer, differentiable=differentiable):
        one, two = layer(torch.ones(2, 3)), layer(torch.ones(2, 3))
    assert torch.equal(one, two)
    assert not one.requires_grad
    assert layer.training


def test_what_was_made_may_be_differentiated_if_that_is_wanted():
    layer = nn.Linear(3, 3)
    with evaluating(layer, differentiable=True):
        made = layer(torch.ones(2, 3))
        with torch.enable_grad():
            leaf = made.detach().requires_grad_()
            (found,) = torch.autograd.grad((leaf**2).sum(), leaf)
    torch.testing.assert_close(found, 2 * made)
