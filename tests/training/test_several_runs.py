"""Runs shared out over processes, some of which fail, die or are told to end."""

import importlib
import multiprocessing
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from unvanish.config.errors import UnfinishedError, UsageError
from unvanish.training.several_runs import Ended, Listener, require_all, share_out
from unvanish.training.worker import Defect


@pytest.fixture
def their(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("several_runs_work")


class Ear(Listener):
    def __init__(self):
        self.heard = []

    def planned(self, folder, total_steps):
        self.heard.append(("planned", folder))

    def moved(self, folder, step):
        self.heard.append((step, folder))

    def ended(self, ended):
        self.heard.append(("ended", ended.folder))


def carry_out(their, tmp_path, folders, *, at_once, listener=None):
    shares = [their.Share(names) for names in folders]
    listener = listener or Listener()
    return share_out(shares, their.work, str(tmp_path), at_once=at_once, listener=listener)


def test_processes_use_as_many_threads_as_they_are_told(their):
    """They start with one, whatever the user set: it is for the parent to read that."""
    shares = [their.Share(("a",))]
    ended = share_out(shares, their.count_threads, 2, at_once=1, listener=Listener())
    assert ended == [Ended("a", "2 threads")]


@pytest.mark.slow
def test_every_run_is_carried_out_once_in_its_share_and_a_failure_stops_no_other(their, tmp_path):
    ear = Ear()
    folders = [("a", "b"), ("fails", "c"), ("d",)]
    ended = carry_out(their, tmp_path, folders, at_once=2, listener=ear)
    assert sorted(ended, key=lambda end: end.folder) == [
        *(Ended(name) for name in "abcd"),
        Ended("fails", "no disk"),
    ]
    by_folder = {name: [what for what, folder in ear.heard if folder == name] for name in "abcd"}
    processes = set()
    for planned, process, over in by_folder.values():
        assert (planned, over) == ("planned", "ended")
        processes.add(process)
    assert len(processes) <= 2
    assert by_folder["a"][1] == by_folder["b"][1]


def test_runs_that_failed_are_counted_and_the_first_is_told():
    require_all([Ended("a"), Ended("b")])
    with pytest.raises(UsageError, match=r"^2 of 3 runs failed: b: no disk$"):
        require_all([Ended("a"), Ended("b", "no disk"), Ended("c", "diverged")])


def test_a_defect_is_told_before_what_a_user_can_mend_and_as_what_it_is():
    with pytest.raises(RuntimeError, match=r"^2 of 2 runs failed: b: Traceback"):
        require_all([Ended("a", "no disk"), Ended("b", Defect("Traceback: by zero"))])


def test_no_process_is_no_way_to_train(their, tmp_path):
    with pytest.raises(UsageError, match="workers=0 is not possible"):
        carry_out(their, tmp_path, [("a",)], at_once=0)


@pytest.mark.slow
def test_no_more_processes_are_started_than_there_are_shares(their, tmp_path):
    seen = []

    class Counting(Listener):
        def ended(self, ended):
            seen.append(len(multiprocessing.active_children()))

    assert carry_out(their, tmp_path, [("a",)], at_once=8, listener=Counting()) == [Ended("a")]
    assert seen == [1]
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_a_killed_process_ends_the_others_which_save_what_they_do(their, tmp_path):
    with pytest.raises(UnfinishedError, match=r"dies-1, x: its process was killed by signal 9"):
        carry_out(their, tmp_path, [("waits-1",), ("dies-1", "x"), ("never",)], at_once=2)
    assert (tmp_path / "waits-1").read_text() == "saved"
    assert not multiprocessing.active_children()


class Impatient(Listener):
    def warned(self, folder, message):
        raise KeyboardInterrupt


@pytest.mark.slow
def test_what_ends_the_parents_work_ends_the_processes_too(their, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        carry_out(their, tmp_path, [("waits-1",)], at_once=1, listener=Impatient())
    assert (tmp_path / "waits-1").read_text() == "saved"
    assert not multiprocessing.active_children()


def test_a_process_that_waits_to_be_read_saves_what_it_does(their, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        carry_out(their, tmp_path, [("talks-1",)], at_once=1, listener=Impatient())
    assert (tmp_path / "talks-1").read_text() == "saved"
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("begun", [True, False])
def test_processes_are_waited_for_where_the_start_of_one_is_interrupted(
    their, tmp_path, monkeypatch, begun
):
    started, start = [], BaseProcess.start

    def interrupted(process):
        last = bool(started)
        if begun or not last:
            start(process)
            started.append(process)
        if last:
            raise KeyboardInterrupt

    monkeypatch.setattr(BaseProcess, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        carry_out(their, tmp_path, [("a",), ("b",), ("c",)], at_once=3)
    assert [process.is_alive() for process in started] == [False] * (1 + begun)
    assert not list(tmp_path.iterdir())
