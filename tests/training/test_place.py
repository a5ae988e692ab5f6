import pytest
import torch

from unvanish.config import UsageError
from unvanish.training import environment
from unvanish.training.place import Place


def test_it_is_what_was_asked_for():
    place = Place.settled("cpu", "bf16", processes=3)
    assert (place.device, place.precision) == (torch.device("cpu"), "bf16")
    assert place.environment == environment(place.device, "bf16", 3)


def test_what_is_not_there_is_refused():
    with pytest.raises(UsageError):
        Place.settled("nowhere", "fp32")
    with pytest.raises(UsageError):
        Place.settled("cpu", "fp8")
