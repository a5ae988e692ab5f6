"""The verdict on runs that were really trained, and spoilt on purpose."""

import json
import math
import shutil
from dataclasses import replace

import pytest
from safetensors.torch import load_file, save_file

from unvanish import Constant, Cyclical, Join
from unvanish.config import Config, UsageError, override
from unvanish.data import load_corpora
from unvanish.data.repeats import sentence_groups
from unvanish.measures.diagnosis import judge
from unvanish.nn import DiagonalGaussian
from unvanish.nn.posteriors.gaussian import GaussianPosterior
from unvanish.runs import load
from unvanish.runs.diagnosing import unigram_losses
from unvanish.training import train

from ..conftest import SMALL, write_corpus

ALIVE = {
    **SMALL,
    "model.latent_size": 2,
    "model.initial_range": 0.5,
    "model.decoder.latent_enters": ("initial-state", "inputs", "output"),
    "model.decoder.input_dropout": 0.9,
    "model.decoder.output_dropout": 0.0,
    "training.epochs": 8,
    "optimizer.learning_rate": 0.02,
    "objective.beta": "constant:0.2",
}


def made(folder, **changes):
    files = {"train": str(write_corpus(folder / "corpus.txt", sentences=1_500))}
    config = override(Config(), {**ALIVE, **changes})
    return train(config, load_corpora(files["train"]), folder / "run", device="cpu", files=files)


@pytest.fixture(scope="module")
def alive(tmp_path_factory):
    """A run whose decoder needs z: the previous words are hidden from it nine times of ten."""
    return load(made(tmp_path_factory.mktemp("alive")).path)


@pytest.mark.slow
def test_a_decoder_that_needs_z_uses_it(alive):
    found = alive.diagnose()
    assert found.verdict == "alive", str(found)
    figures = found.figures
    assert figures.information.low > 0.5
    assert figures.gap_other.low > 0.5
    assert figures.gap_words is not None
    assert figures.circumstances.beta == 0.2  # as planned, so it does not count as unfinished
    assert figures.gap_unigram.low > 0
    assert alive.diagnose(seed=1).to_dict() == alive.diagnose(seed=1).to_dict()


def test_repeats_are_told(alive):
    groups = sentence_groups(alive.corpora.test)
    n, different = len(groups), len(set(groups.tolist()))
    assert different < 0.8 * n
    evidence = alive.diagnose().evidence
    told = f"Caution: only {different} of the {n} sentences are different."
    assert any(line.startswith(told) for line in evidence)
    first = [int((groups == group).argmax()) for group in range(different)]
    texts = [" ".join(alive.vocabulary.decode(alive.corpora.test[place])) for place in first]
    assert not any("different" in line for line in alive.diagnose(texts).evidence)


def test_losses_of_a_run_are_known_to_be_of_whole_sentences(alive):
    found = alive.diagnose()
    small = replace(found.figures, rec=0.1)
    assert not any("very small" in line for line in judge(small).evidence)
    unknown = replace(small, circumstances=replace(small.circumstances, whole_losses=False))
    assert any("rec is very small" in line for line in judge(unknown).evidence)


def test_its_decoder_cut_off_from_z_ignores_it(alive, tmp_path):
    copy = load(shutil.copytree(alive.path, tmp_path / "copy"))
    file = copy.parameters_file()
    parameters = load_file(file)
    size = copy.config.model.latent_size
    parameters["decoder.initial.weight"].zero_()
    for name in ("decoder.layers.weight_ih_l0", "decoder.output.weight"):
        parameters[name][:, -size:] = 0  # z stands behind word or state
    save_file(parameters, file)
    found = load(copy.path).diagnose()
    assert found.figures.gap_other.value == pytest.approx(0.0, abs=1e-5)
    assert found.figures.information.low > 0.5
    assert found.verdict == "ignored"


def test_a_run_that_learnt_nothing_is_unfinished(tmp_path):
    run = made(tmp_path, **{"optimizer.learning_rate": 1e-9, "training.epochs": 1})
    found = load(run.path).diagnose()
    assert found.verdict == "unfinished"
    assert "how frequent every word is" in found.evidence[0]


def test_a_run_that_stopped_in_a_ramp_is_unfinished(tmp_path):
    beta = "monotonic:warmup=1000"
    found = load(made(tmp_path, **{"objective.beta": beta, "training.epochs": 2}).path).diagnose()
    assert found.verdict == "unfinished"
    assert "is to reach 1" in found.evidence[0]
    assert found.figures.circumstances.steps == 156


@pytest.mark.slow
@pytest.mark.parametrize(
    ("beta", "ended"),
    [
        (Cyclical(n_cycles=2), 156),
        (Cyclical(n_cycles=2).shift(12), 162),
        (Join([Constant(1.0), Cyclical(n_cycles=2)], [30]), 171),
    ],
)
def test_parameters_of_a_cycle_are_judged_at_their_own_step(tmp_path, beta, ended):
    text = json.dumps(beta.to_dict())
    run = made(tmp_path, **{"objective.beta": text, "training.epochs": 4})
    first = load(run.path, parameters="cycle-1").diagnose().figures.circumstances
    assert (first.steps, first.beta, first.remedies) == (ended, 1.0, ("cyclical",))
    best = load(run.path, parameters="best").diagnose().figures.circumstances
    assert best.steps == 78 * run.results()["splits"]["valid"]["best"]["epoch"]
    cut = load(run.path, parameters="initial")
    with pytest.raises(UsageError):
        cut.diagnose()


def test_a_cycle_that_the_schedule_does_not_have_is_told(tmp_path):
    """Earlier versions went on counting where cycles given a length of their own had ended."""
    beta = "cyclical:total_steps=100,n_cycles=2"
    run = made(tmp_path, **{"objective.beta": beta, "training.epochs": 2})
    kept = run.path / "checkpoints" / "cycle-2.safetensors"
    assert load(run.path, parameters="cycle-2").diagnose().figures.circumstances.steps == 100
    shutil.copy(kept, kept.with_name("cycle-3.safetensors"))
    with pytest.raises(UsageError, match=r"cycle-3 is none of the 2 cycles .* such as last"):
        load(run.path, parameters="cycle-3").diagnose()


def test_word_frequencies_are_those_of_the_other_sentences(alive):
    corpus = alive.corpora.test
    sentences = [corpus[k][1:].tolist() for k in range(len(corpus))]
    found = unigram_losses(corpus)
    for k in (0, 7, len(corpus) - 1):
        others = [word for j, words in enumerate(sentences) if j != k for word in words]
        total = len(others) + len(corpus.vocabulary)
        expected = -sum(math.log((others.count(word) + 1) / total) for word in sentences[k])
        assert found[k] == pytest.approx(expected)


def test_given_sentences_are_judged_instead(alive):
    found = alive.diagnose(["the cat sees the dog", "the dog likes the hen"] * 30, sentences=10)
    assert found.figures.sentences == 60
    with pytest.raises(UsageError, match="give at least two"):
        alive.diagnose(["the cat sees"])


def test_the_command_says_the_same(alive, unvanish, tmp_path):
    ended = unvanish("diagnose", alive.path, "--device=cpu")
    assert ended.out.startswith("alive: ")
    assert "Use: reconstruction costs" in ended.out
    file = write_corpus(tmp_path / "others.txt", sentences=50, seed=9)
    ended = unvanish("diagnose", alive.path, file, "--device=cpu", "--sentences=20")
    assert "alive" in ended.out


def test_variances_that_have_all_but_vanished_do_not_end_a_training(tmp_path, monkeypatch):
    right = GaussianPosterior.forward

    def narrow(self, features):
        posterior = right(self, features)
        return DiagonalGaussian(posterior.mean, posterior.logvar - 150.0)

    monkeypatch.setattr(GaussianPosterior, "forward", narrow)
    run = made(tmp_path, **{"training.epochs": 1})
    assert run.results()["diagnosis"] is None
    assert all("valid/information" not in line for line in run.metrics())
    with pytest.raises(UsageError, match="cannot be compared"):
        load(run.path).diagnose()
