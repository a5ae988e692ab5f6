"""Small models in one thread, as the demonstration does; sentences that stand for Penn Treebank."""

import pytest
import torch

from unvanish.experiments import constant_beta, penn_treebank, schedule_grid, synthetic_text
from unvanish.experiments.catalogue import EXPERIMENTS, find_experiment
from unvanish.experiments.reproducing import PTB, DataFile

_TINY = {
    "model.latent_size": 2,
    "model.encoder.embedding_size": 4,
    "model.encoder.hidden_size": 8,
    "model.decoder.embedding_size": 4,
    "model.decoder.hidden_size": 8,
    "training.epochs": 2,
    "training.precision": "fp32",
}
_TINY_TEXT = {
    "training.epochs": 1,
    "model.latent_size": 2,
    "model.encoder.hidden_size": 8,
    "model.decoder.hidden_size": 8,
    "training.batch_size": 512,
}
_WORDS = ("a", "cat", "dog", "sees", "hears", "nothing", "today", "again")


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _copies(copies):
    """Take no time to import torch in each worker."""


@pytest.fixture
def treebank(tmp_path, monkeypatch):
    """A folder like that of the corpora, and an experiment that is content with it."""
    files = tuple(
        DataFile(f"ptb/{split}.txt", None, "here") for split in ("train", "valid", "test")
    )
    monkeypatch.setattr(penn_treebank, "PTB", files)
    for experiment in map(find_experiment, EXPERIMENTS):
        for attribute in ("files", "more_files"):
            if getattr(experiment, attribute) == PTB:
                monkeypatch.setattr(type(experiment), attribute, files)
    monkeypatch.setattr(penn_treebank, "_QUICK", _TINY)
    folder = tmp_path / "data"
    (folder / "ptb").mkdir(parents=True)
    for k, file in enumerate(files):
        lines = [
            " ".join(_WORDS[(i * (j + 2) + k) % len(_WORDS)] for j in range(2 + i % 5))
            for i in range(60)
        ]
        (folder / file.path).write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def short(monkeypatch):
    """Studies of many schedules whose runs take a few steps."""
    monkeypatch.setattr(synthetic_text, "_QUICK", _TINY_TEXT)
    monkeypatch.setattr(schedule_grid, "_QUICK_STEPS", 40)
    monkeypatch.setattr(constant_beta, "_QUICK_STEPS", 40)
