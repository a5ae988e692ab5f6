"""Both paths over training: the figures are right, and the training is as without them."""

import os
import signal

import pytest
import torch
from safetensors.torch import load_file

from unvanish.config import TrainingConfig, UsageError, override
from unvanish.data import load_corpora
from unvanish.evaluation import intervene
from unvanish.training import Reporter, TrainingStopped, train

KEYS = {
    *(
        f"gap_{source}{tail}"
        for source in ("zero", "prior", "other", "any")
        for tail in ("", "_masked")
    ),
    "gap_words",
}


@pytest.fixture
def measured(small):
    return override(small, {"training.paths": 6, "model.initial_range": 0.8})


def validations(run):
    return [line for line in run.metrics() if "valid/elbo" in line]


def without_gaps(run):
    kept = [
        {name: value for name, value in line.items() if not name.startswith("valid/gap")}
        for line in run.metrics()
    ]
    return [{k: v for k, v in line.items() if k != "train/tokens_per_second"} for line in kept]


def test_every_validation_has_the_gaps_of_its_parameters(corpus, measured, tmp_path):
    corpora = load_corpora(corpus)
    run = train(measured, corpora, tmp_path / "run", device="cpu")
    lines = validations(run)
    assert len(lines) == 2
    assert {name for name in lines[0] if "gap" in name} == {f"valid/{name}" for name in KEYS}
    model = run.model("last")
    expected = intervene(model, corpora.valid, sentences=6, seed=measured.seed).summary()
    assert {name: lines[-1][f"valid/{name}"] for name in KEYS} == pytest.approx(expected)
    assert expected["gap_words"] != 0


def test_the_parameters_are_bit_by_bit_those_without(corpus, measured, tmp_path):
    corpora = load_corpora(corpus)
    with_paths = train(measured, corpora, tmp_path / "with", device="cpu")
    plain = override(measured, {"training.paths": 0})
    without = train(plain, corpora, tmp_path / "without", device="cpu")
    assert not any("gap" in name for line in without.metrics() for name in line)
    one, two = (load_file(run.parameters_file()) for run in (with_paths, without))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert without_gaps(with_paths) == without_gaps(without)
    assert with_paths.results()["splits"] == without.results()["splits"]


def test_a_measurement_that_moved_the_model_would_be_noticed(
    corpus, measured, tmp_path, monkeypatch
):
    """The negative control of the test above."""
    corpora = load_corpora(corpus)
    run = train(measured, corpora, tmp_path / "run", device="cpu")

    def touch(config, model, *given):
        model.decoder.output.bias.data[0] += 0.01
        return {}

    monkeypatch.setattr("unvanish.training.validation.two_paths", touch)
    other = train(measured, corpora, tmp_path / "other", device="cpu")
    assert without_gaps(run) != without_gaps(other)


class Stop(Reporter):
    """Asks the run to end, as a signal does, after so many steps."""

    def __init__(self, after):
        self.after = after

    def stepped(self, step, figures):
        if step == self.after:
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("step", [3, 6, 9])
def test_stopped_and_resumed_is_as_if_never_stopped(corpus, measured, tmp_path, step):
    corpora = load_corpora(corpus)
    whole = train(measured, corpora, tmp_path / "whole", device="cpu")
    with pytest.raises(TrainingStopped):
        train(measured, corpora, tmp_path / "cut", device="cpu", reporter=Stop(step))
    cut = train(measured, corpora, tmp_path / "cut", device="cpu", resume=True)
    clock = "train/tokens_per_second"
    one, two = (
        [{k: v for k, v in line.items() if k != clock} for line in run.metrics()]
        for run in (whole, cut)
    )
    assert one == two


def test_a_request_while_the_paths_are_measured_is_answered(
    corpus, measured, tmp_path, monkeypatch
):
    corpora = load_corpora(corpus)
    whole = train(measured, corpora, tmp_path / "whole", device="cpu")

    def asked(*given, progress, **settings):
        os.kill(os.getpid(), signal.SIGTERM)
        return intervene(*given, progress=progress, **settings)

    with monkeypatch.context() as patched:
        patched.setattr("unvanish.training.two_paths.intervene", asked)
        with pytest.raises(TrainingStopped):
            train(measured, corpora, tmp_path / "cut", device="cpu")
    cut = train(measured, corpora, tmp_path / "cut", device="cpu", resume=True)
    assert validations(cut) == validations(whole)


def test_one_sentence_is_too_few(small, tmp_path):
    with pytest.raises(UsageError, match="paths=1 is not possible: give 0 or at least 2"):
        TrainingConfig(paths=1)
    config = override(small, {"training.paths": 2})
    corpora = load_corpora([f"the cat sees the {k}" for k in range(30)], valid=["the cat"])
    with pytest.raises(UsageError, match="two validation sentences"):
        train(config, corpora, tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()
