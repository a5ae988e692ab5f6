"""Parts nobody has heard of go through training, evaluation and generation as they are."""

import sys
import types
from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch
from torch import nn
from torch.distributions import MultivariateNormal, kl_divergence

from unvanish.cli import main
from unvanish.config import (
    DecoderConfig,
    EncoderConfig,
    PosteriorConfig,
    PriorConfig,
    override,
)
from unvanish.data import load_corpora
from unvanish.nn import Distribution, FactorizedDistribution
from unvanish.runs import load
from unvanish.training import train


class Correlated:
    """A Gaussian with full covariance: exactly the methods that are asked for, and no more."""

    def __init__(self, mean, scale):
        self.normal = MultivariateNormal(mean, scale_tril=scale)

    @property
    def mean(self):
        return self.normal.mean

    def rsample(self, noise=None, *, generator=None):
        if noise is None:
            noise = torch.randn(self.mean.shape, generator=generator)
        return self.mean + (self.normal.scale_tril @ noise.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, z):
        return self.normal.log_prob(z)

    def kl(self, prior):
        return kl_divergence(self.normal, prior.normal)


class CorrelatedPosterior(nn.Module):
    def __init__(self, config, *, features_size, latent_size):
        super().__init__()
        self.mean = nn.Linear(features_size, latent_size)
        self.scale = nn.Linear(features_size, latent_size * latent_size)

    def forward(self, features):
        mean = self.mean(features)
        square = self.scale(features).view(len(mean), mean.shape[1], mean.shape[1])
        return Correlated(mean, square.tril(-1) + torch.eye(mean.shape[1]))


class CorrelatedPrior(nn.Module):
    def __init__(self, config, *, latent_size):
        super().__init__()
        self.size = latent_size

    def forward(self):
        return Correlated(torch.zeros(self.size), torch.eye(self.size))


class MeanEncoder(nn.Module):
    def __init__(self, config, *, vocabulary_size):
        super().__init__()
        self.features_size = config.size
        self.embedding = nn.Embedding(vocabulary_size, config.size)

    def forward(self, tokens, lengths):
        return self.embedding(tokens).mean(1)


class MemorylessDecoder(nn.Module):
    """Each word from z and the word before alone; its state is empty."""

    def __init__(self, config, *, vocabulary_size, latent_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, latent_size)
        self.output = nn.Linear(latent_size, vocabulary_size)

    def initial_state(self, z):
        return ()

    def advance(self, z, inputs, state):
        return torch.tanh(self.embedding(inputs) + z.unsqueeze(1)), state

    def select(self, state, rows):
        return state

    def forward(self, z, inputs):
        return self.advance(z, inputs, ())[0]


@pytest.fixture
def slots(monkeypatch):
    """The four kinds, known for the length of a test."""
    module = types.ModuleType("tests_slots")
    kinds = [
        (EncoderConfig, MeanEncoder),
        (DecoderConfig, MemorylessDecoder),
        (PosteriorConfig, CorrelatedPosterior),
        (PriorConfig, CorrelatedPrior),
    ]
    for family, code in kinds:
        setattr(module, code.__name__, code)
        known = dict(family.kinds)
        monkeypatch.setattr(family, "kinds", known)

        @dataclass(frozen=True)
        class Config(family):
            kind: ClassVar[str] = "foreign"
            target: ClassVar[str] = f"tests_slots:{code.__name__}"
            size: int = 5

    monkeypatch.setitem(sys.modules, "tests_slots", module)


def test_foreign_parts_train_and_are_used(slots, corpus, small, tmp_path, capsys):
    parts = ("encoder", "decoder", "posterior", "prior")
    config = override(
        small,
        {**{f"model.{part}.kind": "foreign" for part in parts}, "training.epochs": 8},
    )
    train(config, load_corpora(corpus), tmp_path / "run", device="cpu")
    figures = load(tmp_path / "run").results()["splits"]["test"]["last"]
    assert figures["kl"] > 0
    assert "kl_per_dimension" not in figures
    main(["sample", str(tmp_path / "run"), "-n", "3", "--device=cpu"])
    main(["reconstruct", str(tmp_path / "run"), "the cat sees", "--device=cpu"])
    assert len(capsys.readouterr().out.splitlines()) == 5


def test_the_contract_is_what_the_foreign_part_has():
    foreign = Correlated(torch.zeros(2, 3), torch.eye(3).expand(2, 3, 3))
    assert isinstance(foreign, Distribution)
    assert not isinstance(foreign, FactorizedDistribution)
