"""A copied program is a process of its own that ends as a typed one does."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pytest
from copied_program import CopiedProgram, end_copied, run_copied

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux alone")

TELL = """
import os, signal, sys, threading
print(sys.argv[1:], os.environ["WHERE"], __name__)
print(os.getpid(), os.getppid(), os.getpgid(0), file=sys.stderr)
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, threading.active_count())
print("torch" in sys.modules)
sys.exit(int(sys.argv[1]))
"""
WAIT = "import sys, time; print('now', file=sys.stderr, flush=True); time.sleep(600)"


def script(folder, text):
    (folder / "program.py").write_text(text, encoding="utf-8")
    return folder / "program.py"


@pytest.mark.slow
def test_it_is_told_and_tells_what_a_typed_one_does(tmp_path, monkeypatch):
    monkeypatch.setenv("WHERE", "here")
    program = script(tmp_path, TELL)
    copied = run_copied(program, 3, "a b")
    typed = subprocess.run(
        [sys.executable, program, "3", "a b"], capture_output=True, text=True, check=False
    )
    assert copied.returncode == typed.returncode == 3
    *same, with_torch = copied.stdout.splitlines()
    assert same == typed.stdout.splitlines()[:-1]
    assert with_torch == "True"
    process, parent, group = map(int, copied.stderr.split())
    assert len({process, parent, os.getpid()}) == 3
    assert group == os.getpgid(0)


def test_a_module_is_run_as_it_is_typed():
    typed = subprocess.run(
        [sys.executable, "-m", "unvanish", "trian"], capture_output=True, text=True, check=False
    )
    copied = run_copied("-m", "unvanish", "trian")
    told = ("returncode", "stdout", "stderr")
    assert [getattr(copied, name) for name in told] == [getattr(typed, name) for name in told]
    assert copied.returncode == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it(tmp_path, number):
    program = CopiedProgram(script(tmp_path, WAIT), start_new_session=True)
    while program.told() != "now\n":
        assert program.poll() is None
        time.sleep(0.01)
    assert os.getpgid(program.pid) == program.pid
    os.killpg(program.pid, number)
    assert program.communicate(120) == ("", "now\n")
    assert program.returncode == -number


def test_one_that_is_left_running_is_ended_and_counted_by_nobody(tmp_path):
    program = CopiedProgram(script(tmp_path, WAIT))
    assert len(multiprocessing.active_children()) == 1
    end_copied()
    assert program.returncode == -signal.SIGKILL
    assert not multiprocessing.active_children()


def test_variables_of_one_are_those_of_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv("WHERE", "here")
    program = CopiedProgram(script(tmp_path, TELL), 0, environment={"WHERE": "there"})
    assert "there" in program.communicate(120)[0]
    assert "here" in run_copied(script(tmp_path, TELL), 0).stdout


def test_one_that_does_not_end_is_killed(tmp_path):
    program = CopiedProgram(script(tmp_path, WAIT))
    with pytest.raises(subprocess.TimeoutExpired):
        program.communicate(0.1)
    assert program.returncode == -signal.SIGKILL
