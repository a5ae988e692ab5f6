"""Attributes of somebody's model."""

from types import SimpleNamespace

import pytest
import torch

from unvanish.integrations.attribute import Attribute


def test_a_tensor_is_filled_in_place():
    module = torch.nn.Module()
    module.register_buffer("beta", torch.zeros(()))
    held = module.beta
    Attribute(module, "beta").set(0.25)
    assert held.item() == 0.25
    assert module.beta is held


def test_a_parameter_that_learns_is_filled_without_a_gradient():
    module = torch.nn.Module()
    module.beta = torch.nn.Parameter(torch.zeros(()))
    Attribute(module, "beta").set(0.25)
    assert module.beta.item() == 0.25
    assert module.beta.grad_fn is None


def test_dots_lead_to_parts():
    model = SimpleNamespace(vae=SimpleNamespace(loss=SimpleNamespace(beta=1)))
    attribute = Attribute(model, "vae.loss.beta")
    attribute.set(0.5)
    assert model.vae.loss.beta == attribute.get() == 0.5


@pytest.mark.parametrize("name", ["beta", "vae.beta", "nothing.beta"])
def test_a_missing_attribute_is_told_with_the_remedy(name):
    with pytest.raises(AttributeError, match=r"begin with self\.beta = 0\.0"):
        Attribute(SimpleNamespace(vae=SimpleNamespace()), name)
