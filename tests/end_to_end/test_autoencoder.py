"""An autoencoder with the parts of Fu et al.'s Yelp model, from training to its use."""

import json
import math

import numpy as np
import pytest
import torch

from unvanish.config import UsageError, override
from unvanish.data import load_corpora
from unvanish.runs import load
from unvanish.training import Reporter, train

SETTINGS = {
    "model.encoder": {
        "kind": "convolutional",
        "embedding_size": 8,
        "filters": [6, 7, 9],
        "widths": [5, 5, 4],
        "strides": [2, 2, 1],
    },
    "model.posterior": {"kind": "point"},
    "model.decoder.tied": True,
    "training.epochs": 12,
    "training.log_every": 1,
    "optimizer.learning_rate": 0.01,
    "objective.beta": "constant",
}


class Heard(Reporter):
    def __init__(self):
        self.messages = []

    def warned(self, message):
        self.messages.append(message)


@pytest.fixture(scope="module")
def settings(trained):
    return override(trained.config, SETTINGS)


@pytest.fixture(scope="module")
def corpus(trained):
    return trained.path.parent / "corpus.txt"


@pytest.fixture(scope="module")
def heard():
    return Heard()


@pytest.fixture(scope="module")
def autoencoder(settings, corpus, heard, tmp_path_factory):
    files, folder = {"train": str(corpus)}, tmp_path_factory.mktemp("autoencoder")
    corpora = load_corpora(corpus)
    return train(settings, corpora, folder / "run", device="cpu", files=files, reporter=heard)


def test_it_learns_and_nothing_is_said_of_a_kl(autoencoder, heard):
    results = json.loads((autoencoder.path / "results.json").read_text())  # no NaN in it
    assert results["diagnosis"] is None
    for split in results["splits"].values():
        assert split["last"]["kl"] == 0
        assert split["last"]["elbo"] == -split["last"]["rec"]
        assert "kl_per_dimension" not in split["last"]
        assert math.isfinite(split["last"]["ppl"])
    assert heard.messages == []  # no early warning, though the KL is 0 for more than 60 steps
    metrics = autoencoder.metrics()
    assert not any("warning" in line for line in metrics)
    rec = [line["valid/rec"] for line in metrics if "valid/rec" in line]
    assert rec[-1] < 0.8 * rec[0]


def test_its_codes_are_those_of_the_parameters_on_disk(autoencoder):
    again = load(autoencoder.path)
    sentences = ["the cat sees the dog", "the hen likes"]
    codes = again.encode(sentences)
    assert np.array_equal(codes, autoencoder.encode(sentences))
    assert again.in_use.decoder.output.weight is again.in_use.decoder.embedding.weight
    posteriors = again.posteriors(sentences)
    assert posteriors.logvar is None
    assert len(again.reconstruct(sentences)) == 2
    beams = again.generate(codes, again.decoding("beam"))
    assert len(beams) == 2
    assert again.interventions().gap("posterior").value == 0
    scored = again.score(sentences)
    assert np.array_equal(scored.elbo, -scored.rec)


def test_what_needs_a_density_says_so(autoencoder, settings, corpus, tmp_path):
    with pytest.raises(UsageError, match="is an autoencoder: it has no KL that could vanish"):
        autoencoder.diagnose()
    with pytest.raises(UsageError, match=r"gives no p\(x\)"):
        autoencoder.likelihood(samples=3)
    with pytest.raises(UsageError, match="--free-bits 1 is of no use to an autoencoder"):
        train(
            override(settings, {"objective.free_bits": 1.0}), load_corpora(corpus), tmp_path / "x"
        )
    semi = override(settings, {"inference.kind": "semi-amortized"})
    with pytest.raises(UsageError, match=r"needs a q\(z\|x\) to refine, and the posterior 'point'"):
        train(semi, load_corpora(corpus), tmp_path / "x", device="cpu")
    assert not (tmp_path / "x").exists()


def test_a_page_and_a_table_can_be_made_of_it(autoencoder, unvanish, refused):
    assert unvanish("report", autoencoder.path).status == 0
    assert unvanish("evaluate", autoencoder.path, "--json").status == 0
    assert "autoencoder" in refused("diagnose", autoencoder.path)


def test_stopped_and_resumed_it_is_the_same(settings, corpus, tmp_path, autoencoder):
    class Stop(Reporter):
        def stepped(self, step, figures):
            if step == 9:
                raise InterruptedError

    corpora = load_corpora(corpus)
    settings = override(settings, {"training.checkpoint_every": 4})
    with pytest.raises(InterruptedError):
        train(settings, corpora, tmp_path / "cut", device="cpu", reporter=Stop())
    resumed = train(settings, corpora, tmp_path / "cut", device="cpu", resume=True)
    state, whole = resumed.model().state_dict(), autoencoder.model().state_dict()
    assert state.keys() == whole.keys()
    assert all(torch.equal(state[name], whole[name]) for name in whole)
