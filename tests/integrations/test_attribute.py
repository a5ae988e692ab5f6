"""Attributes of somebody's model."""

import re
from operator import attrgetter
from types import SimpleNamespace

import numpy as np
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


def test_a_parameter_that_learns_is_refused_and_one_that_does_not_is_filled():
    module = torch.nn.Module()
    module.beta = torch.nn.Parameter(torch.zeros(()))
    with pytest.raises(TypeError, match=r"optimizer would write it.*register_buffer\('beta', "):
        Attribute(module, "beta")
    assert module.beta.item() == 0.0
    module.beta.requires_grad_(False)
    Attribute(module, "beta").set(0.25)
    assert module.beta.item() == 0.25


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("flag", "flag of Linear is True,"),
        ("word", "word of Linear is 'cyclical',"),
        ("nothing", "nothing of Linear is None,"),
        ("train", "train of Linear is a method,"),
        ("part", "part of Linear is a Dropout,"),
        ("part.inplace", "inplace of Dropout is False,"),
        ("text", "text of Linear is a str,"),
        ("several", "several of Linear is a list,"),
        ("array", "array of Linear is a ndarray,"),
    ],
)
def test_what_is_no_number_is_refused_and_stays(name, said):
    model = torch.nn.Linear(1, 1)
    model.flag, model.word, model.nothing, model.part = True, "cyclical", None, torch.nn.Dropout()
    model.text, model.several, model.array = "long " * 20, [0.0], np.zeros(())
    before = attrgetter(name)(model)
    with pytest.raises(TypeError, match=rf"^{re.escape(said)} .* begin with self\.\w+ = 0\.0"):
        Attribute(model, name)
    assert attrgetter(name)(model) == before


class Computed:
    """An object whose number is behind a property."""

    def __init__(self):
        self.inside = 0.0

    @property
    def beta(self):
        return self.inside

    @beta.setter
    def beta(self, value):
        self.inside = value


@pytest.mark.parametrize("number", [0, 0.0, np.float32(0), np.float64(0), np.int64(0)])
def test_numbers_of_all_kinds_are_replaced(number):
    model = SimpleNamespace(beta=number)
    Attribute(model, "beta").set(0.5)
    assert model.beta == 0.5


def test_a_property_that_can_be_written_is_written():
    model = Computed()
    Attribute(model, "beta").set(0.5)
    assert model.inside == 0.5


def test_dots_lead_to_parts():
    model = SimpleNamespace(vae=SimpleNamespace(loss=SimpleNamespace(beta=1)))
    attribute = Attribute(model, "vae.loss.beta")
    attribute.set(0.5)
    assert model.vae.loss.beta == attribute.get() == 0.5


class Forwarding(torch.nn.Module):
    """A wrapper that forwards what is read, as FSDP, PEFT and DeepSpeed do."""

    def __init__(self, module, place):
        super().__init__()
        self.place = place
        setattr(self, place, module)

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__(self.__dict__["place"]), name)


@pytest.mark.parametrize("place", ["module", "_orig_mod", "_fsdp_wrapped_module", "base_model"])
def test_what_a_wrapper_forwards_is_written_where_the_model_reads_it(place):
    model = torch.nn.Linear(1, 1)
    model.beta = 0.0
    Attribute(Forwarding(Forwarding(model, "module"), place), "beta").set(0.5)
    assert model.beta == 0.5


def test_a_wrapper_that_hides_its_model_is_told_instead_of_written():
    model = torch.nn.Linear(1, 1)
    model.beta = 0.0
    with pytest.raises(AttributeError, match="only forwards 'beta'"):
        Attribute(Forwarding(model, "hidden"), "beta")
    Attribute(Forwarding(model, "hidden"), "hidden.beta").set(0.5)
    assert model.beta == 0.5


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # torch's own, on import
def test_a_compiled_model_is_found_inside():
    model = torch.nn.Linear(1, 1)
    model.beta = 0.0
    Attribute(torch.compile(model), "beta").set(0.5)
    assert model.beta == 0.5


def wrapped_by_peft(model):
    peft = pytest.importorskip("peft")
    return peft.get_peft_model(model, peft.LoraConfig(target_modules=["layer"]))


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.parametrize(
    "wrap",
    [
        torch.nn.DataParallel,
        lambda model: torch.compile(torch.nn.DataParallel(model)),
        wrapped_by_peft,
        lambda model: torch.nn.DataParallel(wrapped_by_peft(model)),
    ],
    ids=["DataParallel", "compiled", "peft", "peft in DataParallel"],
)
@pytest.mark.parametrize("name", ["beta", "head.beta"])
def test_real_wrappers_are_gone_through(wrap, name):
    model = torch.nn.Module()
    model.layer, model.head = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    holder = model.head if name == "head.beta" else model
    holder.beta = 0.0
    Attribute(wrap(model), name).set(0.5)
    assert holder.beta == 0.5


def test_an_absent_attribute_of_a_wrapped_model_is_told():
    with pytest.raises(AttributeError, match=r"begin with self\.beta = 0\.0"):
        Attribute(torch.nn.DataParallel(torch.nn.Linear(1, 1)), "beta")


def test_a_missing_attribute_that_a_part_has_is_suggested():
    inner = torch.nn.Linear(1, 1)
    inner.beta = 0.0
    with pytest.raises(AttributeError, match=r"perhaps 0\.beta"):
        Attribute(torch.nn.Sequential(inner), "beta")


@pytest.mark.parametrize("value", [torch.tensor(0), torch.zeros(3)])
def test_a_tensor_that_cannot_hold_the_value_is_refused(value):
    with pytest.raises(TypeError, match=r"torch\.tensor\(0\.0\)"):
        Attribute(SimpleNamespace(beta=value), "beta")


@pytest.mark.parametrize("name", ["beta", "vae.beta", "nothing.beta"])
def test_a_missing_attribute_is_told_with_the_remedy(name):
    with pytest.raises(AttributeError, match=r"begin with self\.beta = 0\.0"):
        Attribute(SimpleNamespace(vae=SimpleNamespace()), name)


def test_the_part_that_lacks_the_attribute_is_named():
    model = torch.nn.Sequential(torch.nn.Linear(1, 1))
    with pytest.raises(AttributeError, match=r"Sequential has no .* in the __init__ of Linear "):
        Attribute(model, "0.beta")
    with pytest.raises(AttributeError, match=r"in its __init__ "):
        Attribute(model, "beta")
