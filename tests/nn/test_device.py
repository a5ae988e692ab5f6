import pytest
import torch

from unvanish.config import UsageError
from unvanish.nn.device import available_device


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "", None, 3.5])
def test_a_device_that_is_not_there_is_told(name):
    with pytest.raises(UsageError, match="is not to be had here: give auto or cpu"):
        available_device(name)


def test_what_is_there_is_given():
    assert available_device("cpu") == available_device(torch.device("cpu")) == torch.device("cpu")
    assert available_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert available_device("meta") == torch.device("meta")
