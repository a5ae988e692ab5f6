"""Whole runs of semi-amortized inference."""

import json

import numpy as np
import pytest

from unvanish.config import UsageError, override
from unvanish.data import load_corpora
from unvanish.evaluation import evaluate
from unvanish.inference import AmortizedInference, refinement_of
from unvanish.runs import load
from unvanish.training import Reporter, TrainingStopped, train
from unvanish.training.preparation import prepare

SETTINGS = {
    "inference.kind": "semi-amortized",
    "inference.steps": 3,
    "objective.beta": "constant:0.1",
    "training.batch_size": 32,
    "training.log_every": 1,
}


@pytest.fixture
def corpora(corpus):
    return load_corpora(corpus)


@pytest.fixture
def config(small):
    return override(small, SETTINGS)


def losses(run):
    return [line["train/loss"] for line in run.metrics() if "train/loss" in line]


def test_a_run_reports_the_refined_figures_and_the_others_beside(config, corpora, tmp_path):
    run = train(config, corpora, tmp_path / "run", device="cpu")
    figures = run.results()["splits"]["test"]["last"]
    model = load(run.path).model()
    plain = evaluate(model, corpora.test, seed=config.seed)
    assert figures["amortized_rec"] == pytest.approx(plain.rec.mean())
    assert figures["amortized_kl"] == pytest.approx(plain.kl.mean())
    refined = evaluate(model, corpora.test, seed=config.seed, refinement=refinement_of(config))
    assert figures["rec"] == pytest.approx(refined.rec.mean())
    assert figures["kl"] == pytest.approx(refined.kl.mean())
    assert figures["elbo"] == -(figures["rec"] + figures["kl"])
    assert abs(figures["kl"] - figures["amortized_kl"]) > 1e-5
    scored = load(run.path).evaluate(corpora.test)
    assert scored.summary() == figures
    with np.load(run.path / "sentences-test.npz") as stored:
        assert stored["rec"] == pytest.approx(refined.rec)
    last = next(line for line in reversed(run.metrics()) if "valid/kl" in line)
    assert last["valid/amortized_kl"] != last["valid/kl"]


def test_one_sentence_alone_is_scored_as_among_others(config, corpora, tmp_path):
    run = train(override(config, {"training.epochs": 1}), corpora, tmp_path / "run", device="cpu")
    lines = ["the cat sees the dog", "the hen likes"]
    both, alone = run.score(lines), run.score(lines[:1])
    assert alone.rec[0] == pytest.approx(both.rec[0], rel=1e-6)
    assert alone.kl[0] == pytest.approx(both.kl[0], rel=1e-4)


class Stopping(Reporter):
    """Asks to end after a step."""

    def __init__(self, step):
        self.step = step

    def stepped(self, step, figures):
        if step == self.step:
            import signal

            signal.raise_signal(signal.SIGTERM)


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(config, corpora, tmp_path):
    whole = train(config, corpora, tmp_path / "whole", device="cpu")
    with pytest.raises(TrainingStopped):
        train(config, corpora, tmp_path / "cut", device="cpu", reporter=Stopping(3))
    cut = train(config, corpora, tmp_path / "cut", device="cpu", resume=True)
    assert losses(cut) == losses(whole)
    assert cut.results()["splits"] == whole.results()["splits"]


def test_it_is_another_training_than_the_amortized_one(config, corpora, tmp_path):
    one = train(config, corpora, tmp_path / "one", device="cpu")
    other = train(config, corpora, tmp_path / "other", device="cpu", inference=AmortizedInference())
    assert losses(one) != losses(other)


def test_parts_of_a_batch_make_the_same_run_without_clipping(config, corpora, tmp_path):
    free = {"inference.clip": None, "inference.second_order_clip": None, "training.epochs": 1}
    config = override(config, free)
    whole = train(config, corpora, tmp_path / "whole", device="cpu")
    parts = override(config, {"training.accumulate": 3})
    cut = train(parts, corpora, tmp_path / "cut", device="cpu")
    assert losses(cut) == pytest.approx(losses(whole), rel=1e-4)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"training.accumulate": 2}, "--accumulate 2"),
        ({"model.posterior.kind": "prior"}, "inference.kind=amortized"),
    ],
)
def test_what_cannot_be_is_refused_before_there_is_a_folder(
    config, corpora, tmp_path, changes, told
):
    with pytest.raises(UsageError, match=told):
        train(override(config, changes), corpora, tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()


def test_the_command_takes_it_and_measures_it_again(unvanish, corpus, tmp_path):
    out = tmp_path / "run"
    sizes = ["--hidden-size", 8, "--embedding-size", 8, "--latent-size", 2, "--epochs", 1]
    words = ["--inference", "semi-amortized", "--set", "inference.steps=2", *sizes]
    assert unvanish("train", corpus, *words, "--quiet", "--out", out).status == 0
    results = json.loads((out / "results.json").read_text())
    assert results["config"]["inference"]["steps"] == 2
    told = unvanish("evaluate", out, "--json")
    measured = json.loads(told.out)["splits"]["test"]["last"]
    for name in ("rec", "kl", "amortized_rec", "amortized_kl"):
        assert measured[name] == pytest.approx(results["splits"]["test"]["last"][name])
    assert "by the encoder alone, not refined: rec" in unvanish("evaluate", out).out


def test_several_processes_are_refused_while_norms_of_a_batch_are_clipped(config, corpora):
    with pytest.raises(UsageError, match="several processes"):
        prepare(config, corpora, "cpu", processes=2)
    free = {"inference.clip": None, "inference.second_order_clip": None}
    assert prepare(override(config, free), corpora, "cpu", processes=2).course.timetable.total_steps
