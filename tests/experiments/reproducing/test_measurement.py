"""A run is measured when it ends, whatever becomes of others, and told by its JSON files alone."""

import json
import shutil
import signal
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from unittest.mock import Mock, call

import pytest
import torch

from unvanish.comparison import Entry, Grid, Listener, worker
from unvanish.config import UsageError, override
from unvanish.data import read_corpora
from unvanish.experiments.measurements.likelihood import Likelihood
from unvanish.experiments.reproducing import Cell, Request, Watcher, train_cells
from unvanish.experiments.reproducing.measurement import Measuring
from unvanish.runs.record import RecordFolder
from unvanish.training import Interruption, TrainingStopped

LIKELIHOOD = Likelihood(samples=3, sentences=5, precision="fp32")


class Ear(Listener):
    def __init__(self):
        self.planned_steps, self.heard = {}, []

    def planned(self, folder, total_steps):
        self.planned_steps[folder] = total_steps

    def moved(self, folder, step):
        self.heard.append((folder, step))

    def ended(self, ended):
        self.heard.append((ended.folder, "ended"))


class Seeing(Watcher):
    def __init__(self):
        self.ear, self.lines = Ear(), []

    def grid(self, folders):
        return nullcontext(self.ear)

    def tell(self, line):
        self.lines.append(line)


@pytest.fixture
def train(corpus, small, tmp_path):
    """Trains settings by name with some seeds, one run at a time, and measures each."""

    def trained(cells, seeds=(1,), watcher=None, measure=LIKELIHOOD, **request):
        every = [Cell(name, override(small, changes)) for name, changes in cells.items()]
        asked = Request(tmp_path / "out", device="cpu", workers=1, **request)
        files = {"train": str(corpus)}
        return train_cells(every, seeds, files, asked, watcher or Seeing(), [measure])

    return trained


def run(tmp_path, name):
    return tmp_path / "out/runs" / name


FEW = {"one": {"training.epochs": 1}}


def test_a_run_is_measured_though_the_next_one_fails(train, tmp_path, capfd):
    with pytest.raises(UsageError, match="two-seed1: training has diverged"):
        train({**FEW, "two": {"optimizer.learning_rate": 1e9}})
    known = json.loads((run(tmp_path, "one-seed1") / "likelihood.json").read_text())
    assert known["values"]["sentences"] == 5
    assert not (run(tmp_path, "two-seed1") / "likelihood.json").exists()
    assert "RuntimeWarning" not in capfd.readouterr().err


def test_what_is_measured_counts_as_further_steps_before_the_end(train):
    watcher = Seeing()
    found = train(FEW, watcher=watcher)
    steps = found.runs["one"][1].results()["training"]["steps"]
    assert watcher.ear.planned_steps == {"one-seed1": steps + 5}
    ended = watcher.ear.heard.index(("one-seed1", "ended"))
    assert watcher.ear.heard[ended - 1] == ("one-seed1", steps + 5)


def test_a_run_without_its_parameters_is_told_and_others_are_trained_beside_it(
    train, tmp_path, without_parameters
):
    before = train(FEW)
    first, known = before.values("one", "kl"), before.measured(LIKELIHOOD)
    folder = run(tmp_path, "one-seed1")
    without_parameters(folder, "likelihood.json")
    files = {each: each.read_bytes() for each in folder.iterdir()}
    found = train(FEW, seeds=(1, 2))
    assert list(found.values("one", "kl")) == [1, 2]
    assert found.values("one", "kl")[1] == first[1]
    assert found.measured(LIKELIHOOD)["one"][1] == known["one"][1]
    assert {each: each.read_bytes() for each in folder.iterdir()} == files
    told = train(FEW, seeds=(1, 2), train=False)
    assert told.measured(LIKELIHOOD) == found.measured(LIKELIHOOD)


def test_a_run_that_is_not_measured_so_is_measured_without_being_trained_again(train, tmp_path):
    train(FEW)
    model = run(tmp_path, "one-seed1") / "model.safetensors"
    time, watcher = model.stat().st_mtime_ns, Seeing()
    more = Likelihood(samples=4, sentences=5, precision="fp32")
    assert train(FEW, watcher=watcher, measure=more).measured(more)["one"]
    (line,) = watcher.lines
    assert "samples: 3, now 4" in line
    assert line.endswith("it is measured again")
    assert model.stat().st_mtime_ns == time
    model.unlink()
    with pytest.raises(UsageError, match=r"now 3\), and to make it anew model\.safetensors is not"):
        train({"two": {}, **FEW})
    assert not run(tmp_path, "two-seed1").exists()
    told = train(FEW, measure=more, train=False)
    assert told.measured(more)["one"]  # what is there


def test_settings_that_do_not_fit_are_told_before_anything_is_trained(train, tmp_path):
    train(FEW)
    with pytest.raises(UsageError, match=r"one-seed1 .*other settings \(training\.epochs: 1, now"):
        train({"two": {}, "one": {"training.epochs": 2}})
    assert not run(tmp_path, "two-seed1").exists()


class Unkept:
    """A file that keeps nothing."""

    is_there = False

    def write(self, values):
        assert values["nll"] > 0


def test_several_measurements_are_counted_one_after_the_other(train, tmp_path, monkeypatch):
    found = train(FEW)
    monkeypatch.setattr(Likelihood, "kept", lambda self, run: Unkept())
    told, measuring = [], Measuring((LIKELIHOOD, replace(LIKELIHOOD, sentences=4)))
    measuring(found.runs["one"][1], told.append)
    assert told == sorted(told)
    assert told[-1] == measuring.steps == 9
    assert set(told) >= {5, 9}


def test_what_was_measured_before_a_failure_is_kept(train, tmp_path):
    run = train(FEW).runs["one"][1]
    first = replace(LIKELIHOOD, samples=2)
    with pytest.raises(UsageError, match="sentences=0"):
        Measuring((first, replace(LIKELIHOOD, sentences=0)))(run, lambda done: None)
    assert first.kept(run).is_there


def test_while_it_is_measured_no_other_process_can_train_or_measure_it(train):
    run, told = train(FEW).runs["one"][1], []

    def progress(done):
        with pytest.raises(UsageError, match="another process"), RecordFolder(run.path).locked():
            pass
        told.append(done)

    Measuring((replace(LIKELIHOOD, samples=2),))(run, lambda done: done < 5 and progress(done))
    assert told


@pytest.mark.slow
def test_runs_side_by_side_are_measured_too_and_the_same(train, tmp_path):
    """Two runs that differ in beta alone are one group; alone each is a group of its own."""
    betas = {name: {"objective.beta": name} for name in ("constant:0.5", "constant:1")}
    together = train(betas).measured(LIKELIHOOD)
    shutil.rmtree(tmp_path / "out")
    for name, changes in betas.items():
        alone = train({name: changes}).measured(LIKELIHOOD)[name][1]
        assert together[name][1] == pytest.approx(alone, rel=1e-4)


@pytest.fixture
def of_one(train, corpus, tmp_path):
    """What a process has that trains and measures the run of :data:`FEW`, and what it is told."""
    config = train(FEW).runs["one"][1].config
    entry = Entry("one", 1, config, "one-seed1")
    more = Measuring((replace(LIKELIHOOD, samples=2),))
    grid = Grid(tmp_path / "out/runs", {"train": str(corpus)}, "cpu", afterwards=more)
    read = partial(read_corpora, config.data, grid.files)
    return SimpleNamespace(entry=entry, grid=grid, reporter=Mock(), read=read)


def test_a_signal_is_answered_between_two_steps_of_measuring(of_one):
    noted = Interruption()
    noted.signal_number = signal.SIGTERM
    with pytest.raises(TrainingStopped):
        worker._train_one(
            of_one.entry, of_one.grid, of_one.reporter, of_one.read, interruption=noted
        )
    of_one.reporter.moved_afterwards.assert_not_called()
    worker._train_one(of_one.entry, of_one.grid, of_one.reporter, of_one.read)
    assert of_one.reporter.moved_afterwards.call_args == call(5)


def test_it_is_measured_on_the_device_and_with_the_text_that_are_given(of_one, monkeypatch):
    """The file that the run was begun with may be gone."""
    seen = []
    monkeypatch.setattr(worker, "resolve_device", lambda name: torch.device("meta"))
    grid = replace(of_one.grid, afterwards=lambda run, progress: seen.append(run))
    corpora = of_one.read()
    worker._train_one(of_one.entry, grid, of_one.reporter, lambda: corpora)
    (run,) = seen
    assert run.device.type == "meta"
    assert run.corpora is corpora
    other = read_corpora(of_one.entry.config.data, {})
    with pytest.raises(UsageError, match="one-seed1 was trained on other text"):
        worker._train_one(of_one.entry, grid, of_one.reporter, lambda: other)
