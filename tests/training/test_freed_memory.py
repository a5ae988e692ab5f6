import ctypes
import os
import resource
import subprocess
import sys

import pytest

from unvanish.training import freed_memory

if sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"):
    pytest.skip("the C library is not glibc", allow_module_level=True)

PAGES_OF_AN_ARRAY = 40 * 2**20 // resource.getpagesize()

PROGRAM = """
import ctypes
import resource
ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)  # PR_SET_THP_DISABLE: pages of one size
import torch
from unvanish.training.freed_memory import freed_memory_kept

def pages_cleared():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        torch.ones(40 * 2**18)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])

print(pages_cleared())
small = resident()
with freed_memory_kept():
    torch.ones(40 * 2**18)
    print(pages_cleared())
    print(resident() - small)
    with freed_memory_kept():
        pass
    print(pages_cleared())
print(resident() - small)
print(pages_cleared())
"""
TOLD = ("before", "kept", "held", "kept after another", "left", "after")


def pages(**environment):
    """Pages cleared for arrays before, while and after memory is kept, and pages held then."""
    others = {k: v for k, v in os.environ.items() if k not in freed_memory.SET_BY_THE_USER}
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=others | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(TOLD, map(int, told.stdout.split()), strict=True))


@pytest.fixture(scope="module")
def found():
    return pages()


@pytest.mark.slow
def test_a_freed_array_is_there_for_the_next_one(found):
    assert found["before"] > 19.5 * PAGES_OF_AN_ARRAY  # else the next line says nothing
    assert found["kept"] < 2.5 * PAGES_OF_AN_ARRAY


def test_a_run_that_ends_beside_another_one_takes_nothing_from_it(found):
    assert found["kept after another"] < 2.5 * PAGES_OF_AN_ARRAY


def test_it_is_given_back_afterwards(found):
    assert found["held"] > 0.9 * PAGES_OF_AN_ARRAY
    assert found["left"] < 0.1 * PAGES_OF_AN_ARRAY
    assert found["after"] > 19.5 * PAGES_OF_AN_ARRAY


@pytest.mark.slow
def test_what_the_user_has_set_stays():
    found = pages(MALLOC_MMAP_THRESHOLD_=str(2**20))
    assert found["kept"] > 19.5 * PAGES_OF_AN_ARRAY
