"""New processes: copies of a prepared one, or not."""

import os
import subprocess
import sys

import pytest

from unvanish import processes

PROGRAM = """
import os, sys
from unvanish.processes import beside, context, prepare

def main():
    if sys.argv[1] == "prepared":
        prepare(["fractions"])
    with beside(os.getpid) as other:
        print(context().get_start_method(), other() == os.getpid(), os.getenv("OMP_NUM_THREADS"))
    with beside(os.getenv, "OMP_NUM_THREADS") as threads:
        print(threads())

if __name__ == "__main__":
    main()
"""


INTERRUPTED = """
import os, signal, sys
from concurrent.futures import ProcessPoolExecutor
from unvanish.processes import context, prepare, starting

def main():
    if sys.argv[1] == "prepared":
        prepare(["fractions"])
    with starting(), ProcessPoolExecutor(1, mp_context=context()) as pool:
        print(pool.submit(signal.getsignal, signal.SIGINT).result() is signal.SIG_IGN)
    try:
        with starting():
            signal.raise_signal(signal.SIGINT)
        print("unheard")
    except KeyboardInterrupt:
        print("heard")

if __name__ == "__main__":
    main()
"""


def told(tmp_path, argument, text=PROGRAM):
    program = tmp_path / "program.py"
    program.write_text(text, encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    words = [sys.executable, str(program), argument]
    return subprocess.run(
        words, env=environ, capture_output=True, text=True, check=True, timeout=600
    ).stdout.split()


def test_without_preparation_everything_is_computed_here(tmp_path):
    assert told(tmp_path, "not") == ["spawn", "True", "None", "None"]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
def test_a_prepared_process_computes_beside_this_one_in_one_thread(tmp_path):
    assert told(tmp_path, "prepared") == ["forkserver", "False", "None", "1"]


def test_new_processes_ignore_ctrl_c(tmp_path):
    assert told(tmp_path, "not", INTERRUPTED)[0] == "True"


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
def test_ctrl_c_is_heard_while_copies_are_made_which_ignore_it(tmp_path):
    """The first copy waits until what it is a copy of has imported everything: for seconds."""
    assert told(tmp_path, "prepared", INTERRUPTED) == ["True", "heard"]


@pytest.mark.skipif(sys.platform == "linux", reason="Linux copies processes")
def test_elsewhere_nothing_is_prepared():
    processes.prepare(["fractions"])
    assert processes.context().get_start_method() == "spawn"


@pytest.mark.parametrize(
    ("allowed", "at_once", "each"),
    [
        (None, 1, 8),
        (None, 3, 2),
        (None, 9, 1),
        ("1", 1, 1),
        ("3", 2, 3),
        ("5", 2, 4),
        ("2,1", 1, 2),
        ("", 1, 8),
        ("0", 1, 8),
        ("many", 1, 8),
    ],
)
def test_cores_are_shared_out_as_far_as_the_user_allows(monkeypatch, allowed, at_once, each):
    monkeypatch.setattr(processes, "available_cores", lambda: 8)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if allowed is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", allowed)
    assert processes.threads_each(at_once) == each


def test_arrays_are_computed_in_the_tests_by_as_many_threads_as_they_ask_for():
    """Threads that wait for each other make small products many times slower on busy cores."""
    libraries = pytest.importorskip("threadpoolctl").threadpool_info()
    allowed = int(os.environ["OPENBLAS_NUM_THREADS"])
    threads = [each["num_threads"] for each in libraries if each["internal_api"] == "openblas"]
    assert all(number <= allowed for number in threads), "numpy was imported before conftest.py"
