"""What stands beside measured numbers."""

import subprocess
import sys

import numpy as np
import torch

from unvanish.training.environment import environment, peak_memory

CPU = torch.device("cpu")
PRINT = "import torch; from unvanish.training.environment import peak_memory as p; "


def test_versions_and_device_are_named():
    facts = environment(CPU, "fp32")
    assert facts["torch"] == torch.__version__
    assert facts["threads"] == torch.get_num_threads()
    assert facts["device"]


def test_the_peak_stays_when_memory_is_given_back():
    before = peak_memory(CPU)
    array = np.ones(40_000_000)
    size = array.nbytes / 1e6
    del array
    assert peak_memory(CPU) >= max(before, 0.9 * size)


def test_the_peak_is_not_that_of_the_program_that_started_it():
    """A run of a comparison does not need what the comparison needs."""
    array = np.ones(75_000_000)
    words = [sys.executable, "-c", f"{PRINT}print(p(torch.device('cpu')))"]
    found = float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    assert found < 0.8 * array.nbytes / 1e6 < peak_memory(CPU)
