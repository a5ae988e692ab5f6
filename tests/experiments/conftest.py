"""Small models are computed in one thread, as the demonstration does."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _copies(copies):
    """Take no time to import torch in each worker."""
