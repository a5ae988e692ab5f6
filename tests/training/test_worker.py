"""A process that trains for another one, and what it does when that is gone."""

import errno
import multiprocessing
import signal
from types import SimpleNamespace

import pytest

from unvanish.config import UsageError
from unvanish.training.endings import TrainingStopped
from unvanish.training.worker import Defect, PipeReporter, attempt, serve


@pytest.fixture
def pipe():
    ours, theirs = multiprocessing.Pipe()
    yield ours, theirs
    for end in (ours, theirs):
        end.close()


def test_what_a_run_reports_arrives_with_its_number(pipe):
    ours, theirs = pipe
    reporter = PipeReporter(theirs, 3)
    reporter.resumed(5)
    reporter.stepped(6, {"train/kl": 1.0})
    reporter.warned("beware")
    assert [ours.recv() for _ in range(3)] == [
        (3, "moved", 5),
        (3, "moved", 6),
        (3, "warned", "beware"),
    ]


@pytest.mark.parametrize("steps", [40, 90, None])
def test_what_comes_afterwards_counts_as_further_steps(pipe, steps):
    """Also for a run that ended sooner than planned, or before, of which nothing was told."""
    ours, theirs = pipe
    reporter = PipeReporter(theirs, 1, afterwards=7)
    if steps:
        reporter.started(SimpleNamespace(total_steps=steps))
    reporter.trained(40)
    reporter.moved_afterwards(5)
    told = [(1, "planned", 47), (1, "moved", 40), (1, "moved", 45)]
    if steps:
        told.insert(0, (1, "planned", steps + 7))
    assert [ours.recv() for _ in told] == told


def test_without_a_parent_the_run_is_asked_once_to_save_itself(pipe, monkeypatch):
    ours, theirs = pipe
    asked = []
    monkeypatch.setattr("unvanish.training.worker.os.kill", lambda *order: asked.append(order[1]))
    ours.close()
    reporter = PipeReporter(theirs, 0)
    for step in range(3):
        reporter.stepped(step, {})
    assert asked == [signal.SIGTERM]


def test_a_problem_is_told_by_what_to_do_about_it_or_as_a_defect_that_survives_the_pipe(pipe):
    def mend():
        raise UsageError("give another --out")

    assert attempt(lambda: 3) is None
    assert attempt(mend) == "give another --out"
    assert not isinstance(attempt(mend), Defect)
    ours, theirs = pipe
    theirs.send(attempt(lambda: 1 / 0))
    defect = ours.recv()
    assert isinstance(defect, Defect)
    assert defect.startswith("Traceback")
    assert "ZeroDivisionError" in defect
    with pytest.raises(KeyboardInterrupt):
        attempt(interrupt)


def test_what_the_system_refuses_is_no_defect():
    def write():
        raise OSError(errno.ENOSPC, "No space left on device", "runs/a")

    told = attempt(write)
    assert told == "runs/a: No space left on device; make room or give another place to write to"
    assert not isinstance(told, Defect)


def interrupt():
    raise KeyboardInterrupt


def test_shares_are_worked_on_until_the_pipe_is_closed(pipe):
    ours, theirs = pipe
    for share in ("a", "b"):
        ours.send(share)
    ours.close()
    done = []
    serve(theirs, done.append, threads=1)
    assert done == ["a", "b"]


def test_a_run_that_was_stopped_ends_the_process_as_the_signal_would(pipe):
    ours, theirs = pipe
    ours.send("a")

    def stopped(share):
        raise TrainingStopped(7, signal.SIGTERM)

    with pytest.raises(SystemExit) as end:
        serve(theirs, stopped, threads=1)
    assert end.value.code == 128 + signal.SIGTERM
