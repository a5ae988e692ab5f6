"""-log p(x) from some sentences: that of all without bias and with less noise; made once."""

import json
from dataclasses import replace

import numpy as np
import pytest

from unvanish.config import Config, UsageError
from unvanish.data import load_corpora
from unvanish.experiments.measurements.likelihood import Likelihood, nll_from_subset
from unvanish.experiments.reproducing import Cell, Request, TextRuns
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


def measured(run, likelihood):
    """Have it measured as after training."""
    told = []
    likelihood.kept(run).write(likelihood.measure(run, told.append))
    return told


def test_of_some_sentences_it_is_written_by_the_formula(found):
    run, likelihood = found.runs["one"][1], Likelihood(50, 5, "fp32")
    of_run = run.likelihood(samples=50, sentences=5, precision="fp32")
    with np.load(run.path / "sentences-test.npz") as stored:
        loss = stored["rec"] + stored["kl"]
    assert len(of_run.places) == 5 < len(loss)
    assert measured(run, likelihood)[-1] == likelihood.steps == 5
    nll = found.measured(likelihood)["one"][1]
    gains = [of_run.log_likelihood[k] + loss[place] for k, place in enumerate(of_run.places)]
    assert nll == pytest.approx(float(loss.sum() / len(loss) - sum(gains) / 5), abs=1e-6)
    assert abs(nll + of_run.log_likelihood.mean()) > 1e-3  # the five are not like all


def test_of_all_sentences_it_is_the_mean_of_all(found):
    run, likelihood = found.runs["one"][1], Likelihood(50, 10_000, "fp32")
    measured(run, likelihood)
    own = run.likelihood(samples=50, precision="fp32")
    known = {"one": {1: pytest.approx(-float(own.log_likelihood.mean()))}, "none": {}}
    assert found.measured(likelihood) == known
    facts = json.loads((run.path / "likelihood.json").read_text())
    with np.load(run.path / "sentences-test.npz") as stored:
        loss = float((stored["rec"] + stored["kl"]).mean())
    assert facts["values"]["nll"] == pytest.approx(loss - facts["values"]["gain"])
    assert facts["settings"]["samples"] == facts["values"]["samples"] == 50


def test_a_run_that_was_not_measured_is_absent_and_one_measured_otherwise_refused(found):
    few, run = Likelihood(20, 5, "fp32"), found.runs["one"][1]
    assert found.measured(few) == {"one": {}, "none": {}}
    measured(run, few)
    known = found.measured(few)
    for other, told in (
        (replace(few, samples=3), "samples: 20, now 3"),
        (replace(few, sentences=7), "sentences: 5, now 7"),
        (replace(few, precision="bf16"), "precision: 'fp32', now 'bf16'"),
        (replace(few, precision="auto"), "precision: 'fp32', now 'auto'"),
    ):
        with pytest.raises(UsageError, match=f"{told}.*leave out --no-train"):
            found.measured(other)
    measured(run, replace(few, samples=3))
    assert found.measured(replace(few, samples=3)) != known


def test_what_one_machine_measured_as_it_can_is_told_on_another_as_it_is(found, monkeypatch):
    """In 16 bits here, in 32 there: the precision asked for is the same, the other is told."""
    run, likelihood = found.runs["one"][1], Likelihood(3, 5)
    for native in (True, False):
        monkeypatch.setattr("unvanish.nn.precision._has_bf16", lambda device, has=native: has)
        if native:
            measured(run, likelihood)
        assert found.measured(likelihood)["one"]
        assert likelihood.kept(run).taken()["precision"] == "bf16"


def test_a_quick_one_takes_fewer_draws_of_fewer_sentences(tmp_path):
    whole, quick = (Likelihood.of(Request(tmp_path, quick=short)) for short in (False, True))
    assert quick.samples < whole.samples
    assert quick.sentences < whole.sentences
