"""Runs of a grid: their folders' names, and where they are opened."""

from types import SimpleNamespace

import pytest
import torch

from unvanish.config import Config, UsageError
from unvanish.experiments.reproducing import Cell, Request, Watcher, text_runs, train_cells


@pytest.fixture
def ended(tmp_path, monkeypatch):
    """A request whose runs have all ended, and where each was opened."""
    opened = []

    def load(folder, *, device):
        opened.append((folder.name, str(device)))
        results = {"corpus": {"sha256": "ab"}}
        return SimpleNamespace(path=folder, config=Config(seed=7), results=lambda: results)

    monkeypatch.setattr(text_runs, "load", load)
    monkeypatch.setattr(text_runs, "_is_over", lambda folder: True)
    return SimpleNamespace(request=Request(tmp_path, train=False), opened=opened)


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
    train_cells([Cell(cell, Config())], (7,), {}, ended.request, Watcher())
    assert [name for name, _ in ended.opened] == [folder]


def test_runs_are_opened_where_the_request_says(ended, monkeypatch):
    """So that likelihoods and probes are measured there."""
    monkeypatch.setattr(
        text_runs, "resolve_device", lambda name: torch.device({"cuda": "meta"}[name])
    )
    request = Request(ended.request.out, train=False, device="cuda")
    train_cells([Cell("one", Config())], (7,), {}, request, Watcher())
    assert ended.opened == [("one-seed7", "meta")]


def test_another_setting_is_told_with_both_values(ended):
    other = Cell("one", Config(seed=3, name="another name does not count"))
    train_cells([other], (7,), {}, ended.request, Watcher())
    with pytest.raises(UsageError, match=r"other settings \(seed: 7, now 8\): .*another --out"):
        train_cells([other], (8,), {}, ended.request, Watcher())
