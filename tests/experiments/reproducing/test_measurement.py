"""A run is measured when it ends, whatever becomes of others, and told by its JSON files alone."""

import json
from contextlib import nullcontext

import pytest

from unvanish.comparison import Listener
from unvanish.config import UsageError, override
from unvanish.experiments.measurements.likelihood import Likelihood
from unvanish.experiments.reproducing import Cell, Request, Watcher, train_cells
from unvanish.experiments.reproducing.measurement import Measuring

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
    first, known = before.values("one", "kl"), LIKELIHOOD.nll(before)
    folder = run(tmp_path, "one-seed1")
    without_parameters(folder, "likelihood.json")
    files = {each: each.read_bytes() for each in folder.iterdir()}
    found = train(FEW, seeds=(1, 2))
    assert list(found.values("one", "kl")) == [1, 2]
    assert found.values("one", "kl")[1] == first[1]
    assert LIKELIHOOD.nll(found)["one"][1] == known["one"][1]
    assert {each: each.read_bytes() for each in folder.iterdir()} == files
    told = train(FEW, seeds=(1, 2), train=False)
    assert LIKELIHOOD.nll(told) == LIKELIHOOD.nll(found)


def test_a_run_that_is_not_measured_so_is_measured_without_being_trained_again(train, tmp_path):
    train(FEW)
    model = run(tmp_path, "one-seed1") / "model.safetensors"
    time, watcher = model.stat().st_mtime_ns, Seeing()
    more = Likelihood(samples=4, sentences=5, precision="fp32")
    assert more.nll(train(FEW, watcher=watcher, measure=more))["one"]
    (line,) = watcher.lines
    assert "samples: 3, now 4" in line
    assert line.endswith("it is measured again")
    assert model.stat().st_mtime_ns == time
    model.unlink()
    with pytest.raises(UsageError, match=r"model\.safetensors does not exist"):
        train(FEW)
    assert more.nll(train(FEW, measure=more, train=False))["one"]  # what is there, is still told


def test_settings_that_do_not_fit_are_told_before_anything_is_trained(train, tmp_path):
    train(FEW)
    with pytest.raises(UsageError, match=r"one-seed1 .*other settings \(training\.epochs: 1, now"):
        train({"two": {}, "one": {"training.epochs": 2}})
    assert not run(tmp_path, "two-seed1").exists()


def test_several_measurements_are_counted_one_after_the_other(train, tmp_path, monkeypatch):
    train(FEW)
    two = Likelihood(samples=2, sentences=4, precision="fp32")
    monkeypatch.setattr(Likelihood, "kept", lambda self, run: Unkept())
    told = []
    measuring = Measuring((LIKELIHOOD, two), "cpu")
    measuring(run(tmp_path, "one-seed1"), told.append)
    assert told == sorted(told)
    assert told[-1] == measuring.steps == 9
    assert set(told) >= {5, 9}


class Unkept:
    """A file that keeps nothing."""

    is_there = False

    def write(self, values):
        assert values["nll"] > 0
