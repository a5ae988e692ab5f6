"""-log p(x) from some sentences: of all of them it is that of all, and it is made once."""

import json
from dataclasses import replace

import numpy as np
import pytest

from unvanish.config import Config, UsageError
from unvanish.data import load_corpora
from unvanish.experiments import run_likelihoods
from unvanish.experiments.reproducing import Cell, Request, TextRuns, Watcher
from unvanish.experiments.run_likelihoods import likelihoods
from unvanish.training import train


@pytest.fixture
def found(corpus, small, tmp_path):
    run = train(
        small,
        load_corpora(corpus),
        tmp_path / "runs/one-seed1",
        device="cpu",
        files={"train": str(corpus)},
    )
    return TextRuns([Cell("one", Config())], {"one": {1: run}, "none": {}})


def test_of_all_sentences_it_is_the_mean_of_all(found, tmp_path, monkeypatch):
    monkeypatch.setattr(run_likelihoods, "_SENTENCES", 10_000)
    monkeypatch.setattr(run_likelihoods, "_SAMPLES", 50)
    known = likelihoods(found, Request(tmp_path), Watcher())
    own = found.runs["one"][1].likelihood(samples=50, precision="auto")
    assert known == {"one": {1: pytest.approx(-float(own.log_likelihood.mean()))}, "none": {}}
    facts = json.loads((tmp_path / "runs/one-seed1/likelihood.json").read_text())
    with np.load(found.runs["one"][1].path / "sentences-test.npz") as stored:
        loss = float((stored["rec"] + stored["kl"]).mean())
    assert facts["values"]["nll"] == pytest.approx(loss - facts["values"]["gain"])
    assert facts["settings"]["samples"] == facts["values"]["samples"] == 50


def test_it_is_made_once_and_only_where_it_is_to_be(found, tmp_path):
    quick = Request(tmp_path, quick=True, train=False)
    assert likelihoods(found, quick, Watcher()) == {"one": {}, "none": {}}
    known = likelihoods(found, Request(tmp_path, quick=True), Watcher())
    file = tmp_path / "runs/one-seed1/likelihood.json"
    time = file.stat().st_mtime_ns
    assert likelihoods(found, quick, Watcher()) == known
    assert file.stat().st_mtime_ns == time


def test_with_another_number_of_draws_it_is_made_again_or_refused(found, tmp_path, monkeypatch):
    request, file = Request(tmp_path, quick=True), tmp_path / "runs/one-seed1/likelihood.json"
    file.write_text(json.dumps({"nll": 1.0, "samples": 20, "sentences": 40}))  # of older code
    known = likelihoods(found, request, Watcher())
    assert known["one"][1] > 1.5
    monkeypatch.setattr(run_likelihoods, "_QUICK_SAMPLES", 3)
    with pytest.raises(UsageError, match="samples: 20, now 3"):
        likelihoods(found, replace(request, train=False), Watcher())
    other = likelihoods(found, request, Watcher())
    assert other != known
    monkeypatch.setattr(run_likelihoods, "_QUICK_SENTENCES", 7)
    assert likelihoods(found, request, Watcher()) != other
    assert json.loads(file.read_text())["settings"]["sentences"] == 7
