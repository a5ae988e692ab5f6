"""Runs of a grid: their folders' names, where they are opened, and how they are told."""

import json
from types import SimpleNamespace

import pytest
import torch

from unvanish.config import Config, UsageError, override
from unvanish.experiments.reproducing import Cell, Request, Watcher, text_runs, train_cells


@pytest.fixture
def ended(tmp_path, monkeypatch):
    """A request, what lets a run of it end, and where each was opened."""
    opened = []

    def load(folder, *, device):
        opened.append((folder.name, str(device)))
        results = {"corpus": {"sha256": "ab"}}
        return SimpleNamespace(path=folder, config=Config(seed=7), results=lambda: results)

    monkeypatch.setattr(text_runs, "load", load)

    def end(folder):
        (tmp_path / "runs" / folder).mkdir(parents=True)
        (tmp_path / "runs" / folder / "results.json").write_text("{}")

    return SimpleNamespace(request=Request(tmp_path, train=False), opened=opened, end=end)


@pytest.mark.parametrize(
    ("cell", "folder"),
    [
        ("monotonic-constant", "monotonic-constant-seed7"),
        ("cyclical:n_cycles=4,ratio=0.5", "cyclical-n-cycles=4,ratio=0.5-seed7"),
        ("treebank-monotonic:0.25,shape=cosine", "treebank-monotonic-0.25,shape=cosine-seed7"),
        ("constant:0.01", "constant-0.01-seed7"),
        ("x" * 90, "x" * 90 + "-seed7"),
    ],
)
def test_folders_have_the_names_that_they_have_had(ended, cell, folder):
    ended.end(folder)
    train_cells([Cell(cell, Config())], (7,), {}, ended.request, Watcher())
    assert [name for name, _ in ended.opened] == [folder]


def test_runs_are_opened_where_the_request_says(ended, monkeypatch):
    """So that likelihoods and probes are measured there."""
    monkeypatch.setattr(
        text_runs, "resolve_device", lambda name: torch.device({"cuda": "meta"}[name])
    )
    ended.end("one-seed7")
    request = Request(ended.request.out, train=False, device="cuda")
    train_cells([Cell("one", Config())], (7,), {}, request, Watcher())
    assert ended.opened == [("one-seed7", "meta")]


def test_another_setting_is_told_with_both_values(ended):
    ended.end("one-seed7")
    ended.end("one-seed8")
    other = Cell("one", Config(seed=3, name="another name does not count"))
    train_cells([other], (7,), {}, ended.request, Watcher())
    with pytest.raises(UsageError, match=r"other settings \(seed: 7, now 8\): .*another --out"):
        train_cells([other], (8,), {}, ended.request, Watcher())


CELLS = [Cell("a/b", Config()), Cell("c", override(Config(), {"model.latent_size": 5}))]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Folders of runs that have ended, and runs of the settings that they hold."""

    def opened(path, *, device):
        held = json.loads((path / "results.json").read_text())
        config = override(Config(), held["settings"])
        return SimpleNamespace(
            path=path,
            config=config,
            results=lambda: {
                "corpus": {"sha256": held["text"]},
                "splits": {"test": {"last": {"kl": held["kl"]}, "best": {"kl": -held["kl"]}}},
            },
        )

    monkeypatch.setattr(text_runs, "load", opened)

    def ended(folder, kl, text="one", **settings):
        run = tmp_path / "runs" / folder
        run.mkdir(parents=True)
        seed = int(folder[-1])
        held = {"settings": {"seed": seed, **settings}, "text": text, "kl": kl}
        (run / "results.json").write_text(json.dumps(held))

    return ended


def told(tmp_path):
    return train_cells(CELLS, (1, 2), {}, Request(tmp_path, train=False), Watcher())


def test_finished_runs_are_told_by_cell_and_seed_and_others_are_absent(folder, tmp_path):
    folder("a-b-seed1", 1.0)
    folder("a-b-seed2", 2.0)
    folder("c-seed2", 5.0, **{"model.latent_size": 5})
    folder("c-seed3", 7.0)  # no seed that is asked for
    (tmp_path / "runs/c-seed1").mkdir()  # stopped
    found = told(tmp_path)
    assert found.values("a/b", "kl") == {1: 1.0, 2: 2.0}
    assert found.values("c", "kl") == {2: 5.0}
    assert found.difference("c", "a/b", "kl").values == (3.0,)
    assert len(found.results()) == 3


def test_the_precision_may_be_another_and_nothing_else(folder, tmp_path):
    folder("a-b-seed1", 1.0, **{"training.precision": "fp32", "name": "x"})
    assert told(tmp_path).values("a/b", "kl") == {1: 1.0}
    folder("c-seed1", 1.0)
    with pytest.raises(UsageError, match=r"other settings \(model\.latent_size: 32, now 5\)"):
        told(tmp_path)


def test_runs_of_different_text_are_not_compared(folder, tmp_path):
    folder("a-b-seed1", 1.0)
    folder("a-b-seed2", 1.0, text="another")
    with pytest.raises(UsageError, match=r"a-b-seed1 and .*a-b-seed2 were trained on different"):
        told(tmp_path)
