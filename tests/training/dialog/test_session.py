import json
import signal
from itertools import islice

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from unvanish.config import DialogConfig, UsageError, from_dict, override
from unvanish.data import WordVectors
from unvanish.data.dialogs import DialogBatches, load_dialogs
from unvanish.evaluation.dialog import evaluate_dialogs
from unvanish.models import DialogCVAE
from unvanish.presets import preset
from unvanish.runs import DialogRun
from unvanish.training import Reporter, TrainingStopped
from unvanish.training.dialog import DialogUpdates, train_dialogs

from .conftest import made_up

FILES = ("model.safetensors", "checkpoints/best.safetensors")


def test_results_follow_the_contract(run, corpora):
    results = run.results()
    assert from_dict(DialogConfig, results["config"]) == run.config
    assert (results["format"], results["name"], results["seed"]) == (1, "fu2019-dialog-code", 1)
    assert results["corpus"]["splits"]["train"]["dialogs"] == 9
    assert results["training"]["rounds"] == 3
    for name, split in (("valid", corpora.valid), ("test", corpora.test)):
        batches = DialogBatches(split, batch_size=2, context=3)
        for which in ("last", "best"):
            stored = results["splits"][name][which]
            found = evaluate_dialogs(run.model(which), batches, seed=1).summary()
            assert {key: stored[key] for key in found} == pytest.approx(found, rel=1e-6)
    rounds = [line for line in run.metrics() if "valid/elbo" in line]
    best = max(rounds, key=lambda line: line["valid/elbo"])
    assert results["splits"]["valid"]["best"]["round"] == best["round"]


def test_the_metrics_say_what_is_minimised(run, corpora, tmp_path):
    often = override(run.config, {"training.log_every": 1})
    run = train_dialogs(often, corpora, tmp_path / "run", device="cpu")
    lines = [line for line in run.metrics() if "train/loss" in line]
    steps = len(DialogBatches(corpora.train, batch_size=3, context=3))
    beta = preset("fu2019-dialog-code", steps_per_epoch=steps)
    period = beta.cycle_ends(30 * steps)[0]
    assert period == 3 * steps // 4
    for line in lines:
        assert line["train/beta"] == pytest.approx(beta(line["step"] - 1))
        turn = (line["step"] - 1) % period / period
        assert line["train/lr"] == pytest.approx(0.01 * 0.5 * (1 + np.cos(np.pi * turn)))
        rest = line["train/rec"] + line["train/bow"]
        rate = beta(line["step"] - 1) * line["train/kl"]
        assert line["train/loss"] - rest == pytest.approx(rate, rel=1e-3, abs=1e-5)
    assert [line["step"] for line in lines] == list(range(1, lines[-1]["step"] + 1))
    assert max(beta(line["step"] - 1) * line["train/kl"] for line in lines) > 0.01
    assert lines[-1]["train/rec"] < lines[0]["train/rec"]


def test_rounds_go_through_the_epochs_in_order(config, corpora, tmp_path, monkeypatch):
    seen, update = [], DialogUpdates.update

    def spy(self, batch, *given, **named):
        seen.append(batch.indices.tolist())
        return update(self, batch, *given, **named)

    monkeypatch.setattr(DialogUpdates, "update", spy)
    changes = {"training.rounds": 7, "training.rounds_per_epoch": 4, "training.patience": 50}
    run = train_dialogs(override(config, changes), corpora, tmp_path / "run", device="cpu")
    batches = DialogBatches(corpora.train, batch_size=3, context=3, seed=1)
    steps = len(batches) // 4
    assert len(batches) % 4
    both = [batch.indices.tolist() for epoch in (0, 1) for batch in batches.epoch(epoch)]
    assert seen == both[: 7 * steps]
    validated = [line["step"] for line in run.metrics() if "valid/elbo" in line]
    assert validated == [steps * k for k in range(1, 8)]


def test_the_bag_of_words_does_not_change_what_the_model_begins_with(config, corpora):
    from unvanish.training.dialog.preparation import prepare_dialogs

    plain = prepare_dialogs(config, corpora, None, "cpu")
    other = override(config, {"objective.bag_of_words": True})
    bag = prepare_dialogs(other, corpora, None, "cpu")
    assert not list(plain.objective.parameters())
    assert len(list(bag.objective.parameters())) == 4
    for one, two in zip(plain.model.parameters(), bag.model.parameters(), strict=True):
        assert torch.equal(one, two)
    assert plain.identity != bag.identity


class Stops(Reporter):
    """Sends a signal to its own process at a step."""

    def __init__(self, at, number):
        self.at, self.number = at, number

    def stepped(self, step, figures):
        if step == self.at:
            signal.raise_signal(self.number)


@pytest.mark.parametrize(
    ("at", "number"), [(2, signal.SIGINT), (4, signal.SIGTERM), ("round", signal.SIGINT)]
)
def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(run, corpora, tmp_path, at, number):
    steps = run.results()["training"]["steps"] // 3
    at = steps if at == "round" else at
    out = tmp_path / "run"
    with pytest.raises(TrainingStopped) as caught:
        train_dialogs(run.config, corpora, out, device="cpu", reporter=Stops(at, number))
    assert (caught.value.step, caught.value.signal_number) == (at, number)
    assert not (out / "results.json").exists()
    again = train_dialogs(run.config, corpora, out, device="cpu", resume=True)
    for name in FILES:
        one, two = load_file(run.path / name), load_file(out / name)
        assert all(torch.equal(one[key], two[key]) for key in one)
    assert again.results()["splits"] == run.results()["splits"]

    def figures(lines):
        return [
            {key: value for key, value in line.items() if "second" not in key} for line in lines
        ]

    assert figures(again.metrics()) == figures(run.metrics())


def test_what_is_saved_keeps_its_names(run):
    """Runs that were begun with an earlier version are to be gone on with."""
    file = max((run.path / "checkpoints").glob("step-*"))
    with safe_open(file, framework="pt") as opened:
        facts, names = json.loads(opened.metadata()["facts"]), set(opened.keys())
    assert facts.keys() == {
        *("round", "best", "stopped_early", "patience", "seconds", "tokens"),
        *("window", "metrics_size", "environment"),
    }
    assert facts["patience"].keys() == {"rounds", "threshold"}
    model = {name for name, _ in run.model().named_parameters()}
    assert {name.removeprefix("model.") for name in names if name[:6] == "model."} == model
    kinds = {name.partition(".")[0] for name in names}
    assert kinds == {"model", "objective", "optimizer", "random"}
    moments = sum(name.startswith("optimizer.") for name in names)
    assert moments == 3 * (len(model) + sum(name.startswith("objective.") for name in names))


def test_the_seed_decides_everything(config, run, corpora, tmp_path):
    again = train_dialogs(run.config, corpora, tmp_path / "again", device="cpu")
    assert again.results()["splits"] == run.results()["splits"]
    other = override(run.config, {"seed": 2})
    different = train_dialogs(other, corpora, tmp_path / "other", device="cpu")
    assert different.results()["splits"] != run.results()["splits"]


def test_a_finished_run_is_not_trained_again(run, corpora):
    before = run.results()
    assert train_dialogs(run.config, corpora, run.path, resume=True).results() == before
    with pytest.raises(UsageError, match="is in use"):
        train_dialogs(run.config, corpora, run.path)


def test_only_the_same_run_is_resumed(run, corpora):
    def resume(config=run.config, corpora=corpora, vectors=None):
        train_dialogs(config, corpora, run.path, vectors=vectors, device="cpu", resume=True)

    with pytest.raises(UsageError, match=r"other settings \(seed: 1, now 5\)"):
        resume(override(run.config, {"seed": 5}))
    others = list(made_up(9, 8))
    with pytest.raises(UsageError, match="dialogs or word vectors are not those"):
        resume(corpora=load_dialogs(others, others, others))
    with pytest.raises(UsageError, match="dialogs or word vectors are not those"):
        resume(vectors=WordVectors(8, {"number": np.ones(8, np.float32)}))


def test_patience_ends_a_run_that_gains_nothing(config, corpora, tmp_path):
    changes = {"training.patience": 2, "optimizer.learning_rate": 1e-12, "training.rounds": 9}
    run = train_dialogs(override(config, changes), corpora, tmp_path / "run", device="cpu")
    training = run.results()["training"]
    assert (training["rounds"], training["stopped_early"]) == (2, True)


def test_words_begin_with_known_vectors(config, corpora, tmp_path):
    vectors = WordVectors(8, {"number": np.full(8, 0.5, np.float32)})
    changes = {"optimizer.learning_rate": 1e-12, "training.rounds": 1}
    run = train_dialogs(
        override(config, changes), corpora, tmp_path / "run", vectors=vectors, device="cpu"
    )
    place = corpora.vocabulary.encode(["number"])[1]
    table = run.model().decoder.embedding.weight
    assert table[place].tolist() == pytest.approx([0.5] * 8, abs=1e-6)
    assert run.results()["corpus"]["word_vectors"]["known_words"] == 1
    unused = {**vectors.vectors, "nowhere": np.ones(8, np.float32)}  # such as a score may need
    again = train_dialogs(
        run.config, corpora, run.path, vectors=WordVectors(8, unused), device="cpu", resume=True
    )
    assert again.results() == run.results()
    with pytest.raises(UsageError, match="have 4 numbers"):
        train_dialogs(config, corpora, tmp_path / "b", vectors=WordVectors(4, {}), device="cpu")
    assert not (tmp_path / "b").exists()


def test_a_run_that_diverges_says_so(config, corpora, tmp_path):
    wild = override(config, {"optimizer.learning_rate": 1e20, "optimizer.gradient_clip": None})
    with pytest.raises(UsageError, match="training has diverged"):
        train_dialogs(wild, corpora, tmp_path / "run", device="cpu")


def test_a_folder_that_is_no_run_on_dialogs_is_refused(run, tmp_path):
    with pytest.raises(UsageError, match="is not a run"):
        DialogRun.open(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"format": 1, "seed": 1}))
    with pytest.raises(UsageError, match="is no run on dialogs"):
        DialogRun.open(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"format": 9}))
    with pytest.raises(UsageError, match="format 9"):
        DialogRun.open(tmp_path)
    opened = DialogRun.open(run.path)
    assert opened.topics == ("CARS", "PETS")
    assert isinstance(opened.model("best"), DialogCVAE)
    assert not opened.model().training
    assert list(islice(opened.vocabulary.words, 1)) == ["number"]


def test_damaged_parameters_are_told(config, corpora, tmp_path):
    run = DialogRun.create(tmp_path / "run", config, corpora)
    with pytest.raises(UsageError, match="has finished no round"):
        run.model()
    (run.path / "model.safetensors").write_bytes(b"garbage")
    with pytest.raises(UsageError, match="cannot be read as the parameters"):
        run.model()
