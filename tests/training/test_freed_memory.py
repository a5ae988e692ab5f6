import subprocess
import sys
import textwrap

import pytest

ctypes = pytest.importorskip("ctypes")
if sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"):
    pytest.skip("the C library is not glibc", allow_module_level=True)

PAGES_OF_AN_ARRAY = 40 * 2**20 // 4096

PROGRAM = """
import resource
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
print(resident() - small)
print(pages_cleared())
"""


@pytest.fixture(scope="module")
def found():
    return pages()


def pages(**environment):
    """Pages cleared for arrays before, while and after memory is kept, and pages held then."""
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM)]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    before, kept, held, left, after = map(int, told.stdout.split())
    return {"before": before, "kept": kept, "held": held, "left": left, "after": after}


def test_a_freed_array_is_there_for_the_next_one(found):
    assert found["before"] > 19.5 * PAGES_OF_AN_ARRAY  # else the next line says nothing
    assert found["kept"] < 2.5 * PAGES_OF_AN_ARRAY


def test_it_is_given_back_afterwards(found):
    assert found["held"] > 0.9 * PAGES_OF_AN_ARRAY
    assert found["left"] < 0.1 * PAGES_OF_AN_ARRAY
    assert found["after"] > 19.5 * PAGES_OF_AN_ARRAY


def test_what_the_user_has_set_stays():
    found = pages(MALLOC_MMAP_THRESHOLD_=str(2**20))
    assert found["kept"] > 19.5 * PAGES_OF_AN_ARRAY
