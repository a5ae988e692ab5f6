import json
import logging
import math

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from unvanish.config import Config, UsageError, from_dict, override
from unvanish.data import load_corpora
from unvanish.evaluation import evaluate
from unvanish.recipes import load_recipe
from unvanish.runs import load
from unvanish.training import Reporter, freed_memory, train


def test_results_follow_the_contract(trained):
    results = trained.results()
    assert results["format"] == 1
    assert results["name"] == "monotonic:0.5"
    assert from_dict(Config, results["config"]) == trained.config
    assert results["corpus"]["name"].endswith("corpus.txt")
    assert len(results["corpus"]["sha256"]) == 64
    assert results["corpus"]["vocabulary"] == len(trained.vocabulary)
    assert results["training"]["steps"] == sum(
        -(-results["corpus"]["splits"]["train"]["sentences"] // 16) for _ in range(2)
    )
    assert results["environment"].keys() >= {"unvanish", "torch", "python", "device", "precision"}
    for split in ("valid", "test"):
        counts = results["corpus"]["splits"][split]
        for figures in results["splits"][split].values():
            assert figures["elbo"] == pytest.approx(-(figures["rec"] + figures["kl"]))
            nats = (figures["rec"] + figures["kl"]) * counts["sentences"]
            assert math.log(figures["ppl"]) == pytest.approx(nats / counts["tokens"])
            assert sum(figures["kl_per_dimension"]) == pytest.approx(figures["kl"])


def test_per_sentence_figures_average_to_the_table(trained):
    stored = np.load(trained.path / "sentences-test.npz")
    figures = trained.results()["splits"]["test"]["last"]
    assert stored["rec"].mean() == pytest.approx(figures["rec"])
    assert stored["kl"].mean() == pytest.approx(figures["kl"])


def test_a_reopened_run_evaluates_to_what_it_wrote(trained):
    run = load(trained.path)
    corpora = load_corpora(trained.path.parent / "corpus.txt")
    measured = evaluate(run.model("last"), corpora.test, seed=run.config.seed).summary()
    stored = run.results()["splits"]["test"]["last"]
    assert measured.keys() == stored.keys()
    for name, value in stored.items():
        assert measured[name] == pytest.approx(value, rel=1e-6)


def test_best_is_the_epoch_with_the_best_validation_elbo(trained):
    by_epoch = {
        line["epoch"]: line["valid/elbo"] for line in trained.metrics() if "valid/elbo" in line
    }
    best = trained.results()["splits"]["valid"]["best"]
    assert best["epoch"] == max(by_epoch, key=by_epoch.__getitem__)
    assert best["elbo"] == pytest.approx(max(by_epoch.values()), rel=1e-5)


def test_the_seed_decides_everything(corpus, small, tmp_path):
    corpora = load_corpora(corpus)
    first, again = (train(small, corpora, tmp_path / name, device="cpu") for name in "ab")
    other = train(override(small, {"seed": 2}), corpora, tmp_path / "c", device="cpu")
    assert first.results()["splits"] == again.results()["splits"]
    assert first.results()["splits"] != other.results()["splits"]
    one, two = (load_file(run.parameters_file()) for run in (first, again))
    assert all((one[name] == two[name]).all() for name in one)


def test_training_lowers_the_loss_and_keeps_the_identity(corpus, small, tmp_path):
    config = override(small, {"training.epochs": 15, "optimizer.learning_rate": 0.02})
    run = train(config, load_corpora(corpus), tmp_path / "run", device="cpu")
    lines = [line for line in run.metrics() if "train/loss" in line]
    assert lines[-1]["train/rec"] < 0.7 * lines[0]["train/rec"]
    assert [line["step"] for line in lines] == sorted(line["step"] for line in lines)


@pytest.mark.parametrize("epochs", [3, 20])
def test_the_codes_recipe_moves_beta_and_learning_rate_as_the_scripts_do(
    corpus, small, tmp_path, epochs
):
    """Against a loop that counts as the scripts do, over two restarts."""
    recipe = load_recipe("fu2019-ptb-code").config
    config = override(
        small,
        {
            "objective.beta": recipe.objective.beta,
            "optimizer.schedule": recipe.optimizer.schedule,
            "optimizer.interval": recipe.optimizer.interval,
            "training.epochs": epochs,
            "training.log_every": 1,
        },
    )
    heard = Warnings()
    run = train(config, load_corpora(corpus), tmp_path / "run", device="cpu", reporter=heard)
    lines = [line for line in run.metrics() if "train/loss" in line]
    batches = len(lines) // epochs
    expected = []
    beta = 0.1
    for epoch in range(epochs):
        if epoch % 10 == 0:
            beta = 0.1
        rate = 1e-3 * 0.5 * (1 + math.cos(math.pi * (epoch % 10) / 10))
        for _ in range(batches):
            beta = min(1.0, beta + 1 / (5 * batches))
            expected.append((beta, rate))
    measured = [(line["train/beta"], line["train/lr"]) for line in lines]
    assert np.array(measured) == pytest.approx(np.array(expected), abs=1e-12)
    inside_a_ramp = epochs == 3
    assert any("the run of" in message for message in heard.messages) == inside_a_ramp, (
        heard.messages
    )


class Warnings(Reporter):
    def __init__(self):
        self.messages = []

    def warned(self, message):
        self.messages.append(message)


def test_a_collapse_is_told_while_it_happens(corpus, small, tmp_path):
    config = override(
        small,
        {"objective.beta": "constant:20", "training.epochs": 12, "optimizer.learning_rate": 0.02},
    )
    heard = Warnings()
    run = train(config, load_corpora(corpus), tmp_path / "run", device="cpu", reporter=heard)
    assert sum("collapsing" in message for message in heard.messages) == 1
    assert sum("warning" in line for line in run.metrics()) == 1


def test_a_loss_that_is_no_number_stops_the_run_with_advice(corpus, small, tmp_path):
    config = override(small, {"optimizer.learning_rate": 1e20, "training.epochs": 3})
    with pytest.raises(UsageError, match="--learning-rate"):
        train(config, load_corpora(corpus), tmp_path / "run", device="cpu")


def test_a_folder_in_use_is_left_alone(corpus, small, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="in use"):
        train(small, load_corpora(corpus), tmp_path, device="cpu")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus.txt", "thesis.txt"]


@pytest.mark.parametrize("spec", ["cyclicl", "cyclical:ratio=2", "fu2019:x=1", "monotonic"])
def test_an_impossible_schedule_leaves_no_folder(corpus, small, tmp_path, spec):
    with pytest.raises(UsageError):
        train(
            override(small, {"objective.beta": spec}),
            load_corpora(corpus),
            tmp_path / "run",
            device="cpu",
        )
    assert not (tmp_path / "run").exists()


class Tiny(Reporter):
    """Tries numbers below the least normal one while a run is trained."""

    def __init__(self):
        self.found = set()

    def stepped(self, step, figures):
        self.found.add((torch.tensor(1e-30) * 1e-10).item())


def test_denormals_are_zero_while_it_trains_and_no_longer(corpus, small, tmp_path):
    if not torch.set_flush_denormal(False):
        pytest.skip("this processor cannot")
    heard = Tiny()
    train(small, load_corpora(corpus), tmp_path / "run", device="cpu", reporter=heard)
    assert heard.found == {0.0}
    assert torch.tensor(1e-30) * 1e-10 > 0


def test_freed_memory_is_kept_while_it_trains(corpus, small, tmp_path, monkeypatch):
    calls = []

    class Library:
        def __getattr__(self, name):
            return lambda *given: calls.append((name, *given))

    class Noting(Reporter):
        def stepped(self, step, figures):
            calls.append("step")

    monkeypatch.setattr(freed_memory, "_glibc", Library)
    train(small, load_corpora(corpus), tmp_path / "run", device="cpu", reporter=Noting())
    assert calls[0] == ("mallopt", -4, 0)
    assert "step" in calls
    assert calls[-1] == ("malloc_trim", 0)


def test_text_that_is_lost_is_told(small, tmp_path):
    heard = Warnings()
    long = [f"a cat that sees {n} dogs" for n in range(60)]
    corpora = load_corpora(["a cat"] * 40 + long, ["a cat"], ["a cat"], max_words=4)
    train(small, corpora, tmp_path / "run", device="cpu", reporter=heard)
    assert any("60% of the sentences in train are too long" in each for each in heard.messages)


def test_progress_is_logged_by_default(corpus, small, tmp_path, caplog):
    with caplog.at_level(logging.INFO, logger="unvanish"):
        train(small, load_corpora(corpus), tmp_path / "run", device="cpu")
    assert any("epoch 2 valid" in message for message in caplog.messages)


def test_metrics_are_json_lines_with_the_agreed_keys(trained):
    text = (trained.path / "metrics.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    keys = {"train/loss", "train/rec", "train/kl", "train/beta", "train/lr", "train/grad_norm"}
    assert all(line.keys() >= keys for line in lines if "train/loss" in line)
    line = next(line for line in lines if "train/loss" in line)
    weighted = line["train/rec"] + line["train/beta"] * line["train/kl"]
    assert line["train/loss"] <= weighted + 1e-6
