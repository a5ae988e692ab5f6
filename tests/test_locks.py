"""What one process holds no other takes, until it lets go or ends."""

import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest
from filelock import FileLock, Timeout

from unvanish.config import UsageError
from unvanish.locks import alone, locked, locked_if_free

HOLDING = """
import sys
from pathlib import Path
from unvanish.locks import locked

with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds a lock."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    command = [sys.executable, "-c", HOLDING, str(tmp_path / "lock")]
    with subprocess.Popen(command, text=True, **pipes) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def never():
    raise AssertionError("nobody holds it")


def is_free(file):
    """Ask the library itself."""
    try:
        with FileLock(file, timeout=0):
            return True
    except Timeout:
        return False


@pytest.mark.parametrize(
    "take", [lambda file: locked(file, never), locked_if_free, lambda file: alone(file.parent)]
)
def test_a_lock_is_held_from_the_call_to_the_end_of_the_block(tmp_path, take):
    file = tmp_path / "some" / ".lock"
    lock = take(file)
    assert not is_free(file)
    with lock:
        assert not is_free(file)
    assert is_free(file)
    with pytest.raises(ZeroDivisionError), take(file):
        raise ZeroDivisionError
    assert is_free(file)


def test_what_another_process_holds_is_not_taken_until_it_is_killed(tmp_path, holder):
    assert locked_if_free(tmp_path / "lock") is None
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with locked_if_free(tmp_path / "lock"):
        assert not is_free(tmp_path / "lock")


def test_another_process_is_waited_for_after_it_was_told(tmp_path, holder):
    said = []

    def in_use():
        said.append("waits")
        holder.stdin.close()

    with locked(tmp_path / "lock", in_use):
        assert said == ["waits"]
        assert not is_free(tmp_path / "lock")
        holder.wait()
    assert holder.returncode == 0


def test_what_is_raised_in_place_of_waiting_takes_nothing(tmp_path):
    with locked(tmp_path / "lock"), pytest.raises(AssertionError):
        locked(tmp_path / "lock", never)
    assert is_free(tmp_path / "lock")


@pytest.mark.parametrize(
    ("options", "file", "said"),
    [
        ({}, ".lock", "is being carried out by another process: wait for it, or stop it"),
        (
            {"file": "within/.lock", "being": "trained"},
            "within/.lock",
            "is being trained by another process: wait for it, or stop it",
        ),
    ],
)
def test_a_second_process_is_told_what_the_first_does(tmp_path, options, file, said):
    (tmp_path / file).parent.mkdir(exist_ok=True)
    with FileLock(tmp_path / file), pytest.raises(UsageError) as caught:
        alone(tmp_path, **options)
    assert caught.value.message == f"{tmp_path} {said}"
    with alone(tmp_path, **options):
        assert not is_free(tmp_path / file)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    folder = tmp_path / "folder"
    folder.touch()
    for take in (locked, locked_if_free):
        with pytest.raises(OSError, match="exists"):
            take(folder / "lock")
    with pytest.raises(UsageError, match=r"cannot write to .*folder: File exists$"):
        alone(folder)


def test_a_folder_that_is_gone_with_all_above_it_is_not_made_again(tmp_path):
    folder = tmp_path / "run" / "checkpoints"
    folder.mkdir(parents=True)
    shutil.rmtree(tmp_path / "run")
    with pytest.raises(UsageError, match="cannot write to"):
        alone(tmp_path / "run", "checkpoints/.lock")
    assert not (tmp_path / "run").exists()


def test_several_locks_are_held_at_once(tmp_path):
    files = [tmp_path / name for name in ("one", "other")]
    with ExitStack() as held:
        for file in files:
            held.enter_context(locked_if_free(file))
        assert not any(map(is_free, files))
    assert all(map(is_free, files))
