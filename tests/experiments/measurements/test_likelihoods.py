"""-log p(x) from some sentences: that of all without bias and with less noise; made once."""

import json
from dataclasses import replace

import numpy as np
import pytest

from unvanish.config import Config, UsageError
from unvanish.data import load_corpora
from unvanish.experiments.measurements import likelihoods as module
from unvanish.experiments.measurements.likelihoods import likelihoods, nll_from_subset
from unvanish.experiments.reproducing import Cell, Request, TextRuns, Watcher
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


def sentences(n, source):
    """Losses of sentences of many lengths, and log p(x) a little above what bounds it."""
    loss = source.gamma(4.0, 25.0, n)
    return loss, -loss + source.normal(1.5, 0.3, n) + 0.01 * loss


def test_five_sentences_of_which_two_are_measured_by_hand():
    """The losses' mean is 30, the gains are 1 and 4: their mean 2.5, their error 1.5."""
    loss = np.array([10.0, 20.0, 30.0, 40.0, 50.0])
    found = nll_from_subset(loss, np.array([-19.0, -46.0]), np.array([1, 4]))
    assert (found.nll, found.gain) == (27.5, 2.5)
    assert found.standard_error_of_gain == pytest.approx(1.5)
    assert np.isnan(nll_from_subset(loss, np.array([-19.0]), np.array([1])).standard_error_of_gain)


def test_over_subsets_it_is_that_of_all_with_less_noise_than_the_plain_mean():
    source = np.random.default_rng(1)
    loss, known = sentences(400, source)
    controlled, plain, errors = [], [], []
    for _ in range(2_000):
        places = source.choice(400, 40, replace=False)
        found = nll_from_subset(loss, known[places], places)
        controlled.append(found.nll)
        errors.append(found.standard_error_of_gain)
        plain.append(-known[places].mean())
    wanted, error = -known.mean(), np.std(controlled) / 2_000**0.5
    assert np.mean(controlled) == pytest.approx(wanted, abs=4 * error)
    assert np.std(controlled) < np.std(plain) / 5
    # of 40 of 400 the error is sqrt(1 - 40 / 400) of what is told, which is of any number
    assert np.std(controlled) == pytest.approx(np.mean(errors) * 0.9**0.5, rel=0.05)


def test_of_some_sentences_it_is_written_by_the_formula(found, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SENTENCES", 5)
    monkeypatch.setattr(module, "_SAMPLES", 50)
    run = found.runs["one"][1]
    measured = run.likelihood(samples=50, sentences=5, precision="auto")
    with np.load(run.path / "sentences-test.npz") as stored:
        loss = stored["rec"] + stored["kl"]
    assert len(measured.places) == 5 < len(loss)
    nll = likelihoods(found, Request(tmp_path), Watcher())["one"][1]
    gains = [measured.log_likelihood[k] + loss[place] for k, place in enumerate(measured.places)]
    assert nll == pytest.approx(float(loss.sum() / len(loss) - sum(gains) / 5), abs=1e-6)
    assert abs(nll + measured.log_likelihood.mean()) > 1e-3  # the five are not like all


def test_of_all_sentences_it_is_the_mean_of_all(found, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SENTENCES", 10_000)
    monkeypatch.setattr(module, "_SAMPLES", 50)
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
    monkeypatch.setattr(module, "_QUICK_SAMPLES", 3)
    with pytest.raises(UsageError, match="samples: 20, now 3"):
        likelihoods(found, replace(request, train=False), Watcher())
    other = likelihoods(found, request, Watcher())
    assert other != known
    monkeypatch.setattr(module, "_QUICK_SENTENCES", 7)
    assert likelihoods(found, request, Watcher()) != other
    assert json.loads(file.read_text())["settings"]["sentences"] == 7
