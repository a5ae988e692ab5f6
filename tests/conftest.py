"""Shapes written in annotations are checked while the tests run."""

import os
import signal

# Models and arrays this small gain nothing from more threads, and lose much on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from copied_program import IMPORTED, end_copied
from hypothesis import settings
from jaxtyping import install_import_hook

with install_import_hook(
    ["unvanish.nn", "unvanish.models", "unvanish.objectives"], "beartype.beartype"
):
    import unvanish.models
    import unvanish.nn
    import unvanish.objectives

from unvanish import processes
from unvanish.cli import main
from unvanish.config import Config, override
from unvanish.data import load_corpora
from unvanish.training import train

torch.set_num_threads(1)

# Whoever starts the tests in the background has them ignore it, and with them all they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something of the machine only.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@pytest.fixture
def unrendered(monkeypatch):
    """Put figures together and leave them so, where a test reads the text of a page alone."""
    from unvanish.report.picture import Picture  # imports matplotlib

    empty = '<svg viewBox="0 0 1 1" role="img"></svg>'
    monkeypatch.setattr(
        "unvanish.report.figures.finish",
        lambda figure, name, alt, png: Picture(name, alt, empty, b"" if png else None),
    )


NOUNS = ["cat", "dog", "bird", "fox", "hen", "cow"]
VERBS = ["sees", "likes", "hears", "follows"]


def write_corpus(path, sentences=120, seed=0):
    """Sentences of a small grammar, one a line."""
    rng = np.random.default_rng(seed)
    lines = []
    for _ in range(sentences):
        subject, object_ = rng.choice(NOUNS, 2)
        words = ["the", subject, rng.choice(VERBS), "the", object_]
        lines.append(" ".join(words[: int(rng.integers(3, 6))]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def corpus(tmp_path):
    """A file of 120 short sentences."""
    return write_corpus(tmp_path / "corpus.txt")


SMALL = {
    "model.latent_size": 4,
    "training.epochs": 2,
    "training.batch_size": 16,
    "training.log_every": 3,
    "training.precision": "fp32",
    **{
        f"model.{part}.{name}": 12
        for part in ("encoder", "decoder")
        for name in ("embedding_size", "hidden_size")
    },
}


@pytest.fixture
def small():
    """Settings of a run that takes a second."""
    return override(Config(), SMALL)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A finished small run, to be read only."""
    folder = tmp_path_factory.mktemp("trained")
    corpora = load_corpora(write_corpus(folder / "corpus.txt"))
    config = override(Config(), {**SMALL, "objective.beta": "monotonic:0.5"})
    return train(config, corpora, folder / "run", device="cpu")


LABELLED = {"good": ["fine", "nice"], "bad": ["poor", "awful"]}


def write_labelled(path, sentences=120, seed=0):
    """Sentences that say something good or bad of a thing, with their label in front."""
    rng = np.random.default_rng(seed)
    lines = []
    for _ in range(sentences):
        label, thing = rng.choice(list(LABELLED)), rng.choice(NOUNS)
        lines.append(f"{label}\tthe {thing} {rng.choice(VERBS)} a {rng.choice(LABELLED[label])}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def labelled(tmp_path_factory):
    """A finished small run on labelled text that can be read again, to be read only.

    It has hardly learnt anything, but large weights: what it writes depends much on z.
    """
    folder = tmp_path_factory.mktemp("labelled")
    files = {"train": str(write_labelled(folder / "corpus.tsv"))}
    own = {"objective.beta": "cyclical:n_cycles=2,ratio=0.5", "model.initial_range": 2.0}
    config = override(Config(), {**SMALL, **own, "data.max_words": 12})
    corpora = load_corpora(files["train"])
    return train(config, corpora, folder / "run", device="cpu", files=files)


@pytest.fixture(autouse=True)
def _unprepared():
    """Let no test's workers be copies because an earlier test's were."""
    yield
    processes._prepared = False


@pytest.fixture(autouse=True)
def _no_program_left():
    """End what a test has begun, if it failed before that was over."""
    yield
    end_copied()


@pytest.fixture
def copies():
    """Have worker processes be copies of one that has imported torch, as ``unvanish demo`` does.

    Variables of the environment that a test sets do not come to them.
    """
    processes.prepare(IMPORTED)


@pytest.fixture
def unvanish(capsys, monkeypatch):
    """Run a command line in this process and give its status and what it printed."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words):
        status = 0
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            status = end.code or 0
        printed = capsys.readouterr()
        return SimpleNamespace(status=status, out=printed.out, err=printed.err)

    return run


@pytest.fixture
def refused(unvanish):
    """Run a command line that must be refused: status 2, one line on stderr, nothing else."""

    def run(*words):
        ended = unvanish(*words)
        assert ended.status == 2, ended
        assert ended.out == ""
        assert ended.err.startswith("unvanish: ")
        assert ended.err.count("\n") == 1
        assert "Traceback" not in ended.err
        return ended.err

    return run
