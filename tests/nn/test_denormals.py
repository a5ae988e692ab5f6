import ctypes
import os
import subprocess
import sys

import pytest
import torch

from unvanish.nn.denormals import denormals_as_zero

if not torch.set_flush_denormal(False):
    pytest.skip("this processor cannot", allow_module_level=True)


def smallest():
    return (torch.tensor(1e-30) * 1e-10).item()


def test_they_are_zero_within_and_numbers_again_after():
    assert smallest() > 0
    with denormals_as_zero():
        assert smallest() == 0
    assert smallest() > 0


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_who_has_taken_them_for_zero_before_still_does(kind):
    usual = torch.get_default_dtype()
    torch.set_default_dtype(kind)
    try:
        with denormals_as_zero():
            with denormals_as_zero():
                pass
            assert (torch.tensor(1e-30, dtype=torch.float32) * 1e-10).item() == 0
    finally:
        torch.set_default_dtype(usual)
    assert smallest() > 0


def test_an_error_ends_it():
    with pytest.raises(RuntimeError), denormals_as_zero():
        raise RuntimeError
    assert smallest() > 0


def test_normal_numbers_are_as_they_were():
    numbers = torch.randn(1000) * 10.0 ** torch.randint(-30, 30, (1000,))
    expected = numbers * 1.5 + 1
    with denormals_as_zero():
        assert torch.equal(numbers * 1.5 + 1, expected)


PROGRAM = """
import sys
import torch
from unvanish.nn.denormals import denormals_as_zero

def share_of_zeros():
    return float((torch.full((4_000_000,), 1e-39) * 0.5 == 0).double().mean())

torch.set_num_threads(2)
if "begun" in sys.argv:
    print(share_of_zeros())
with denormals_as_zero():
    print(share_of_zeros())
print(share_of_zeros())
"""


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None) if sys.platform == "linux" else None, "omp_pause_resource_all"),
    reason="OpenMP's library is not GNU's",
)
@pytest.mark.parametrize(("words", "expected"), [([], [1.0, 0.0]), (["begun"], [0.0, 1.0, 0.0])])
def test_it_is_so_in_all_threads_of_torch(words, expected):
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    command = [sys.executable, "-c", PROGRAM, *words]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert [float(line) for line in told.stdout.split()] == expected


def test_adam_forgets_the_mean_of_a_word_that_does_not_occur_any_more():
    def mean_after(steps):
        embedding = torch.nn.Parameter(torch.ones(4))
        adam = torch.optim.Adam([embedding], fused=True)
        embedding.grad = torch.full((4,), 1e-3)
        for _ in range(steps):
            adam.step()
            embedding.grad = torch.zeros(4)
        return adam.state[embedding]["exp_avg"].abs().max().item()

    assert 0 < mean_after(1500) < torch.finfo(torch.float32).tiny  # for ever
    with denormals_as_zero():
        assert mean_after(1500) == 0
