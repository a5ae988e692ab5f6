import pytest
import torch

from unvanish.config import UsageError
from unvanish.training import resolve_device


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "", "meta"])
def test_a_device_that_is_not_there_is_told(name):
    with pytest.raises(UsageError, match="auto or cpu"):
        resolve_device(name)
    assert resolve_device("cpu") == torch.device("cpu")
