"""Small models are computed in one thread, as the demonstration does; workers are copies."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def _one_thread(copies):
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
