"""A model small enough for second derivatives, and a batch of sentences for it."""

import pytest
import torch

from unvanish.config import ModelConfig, override
from unvanish.data import LengthBucketedBatches, Vocabulary, load_corpus
from unvanish.models import TextVAE
from unvanish.nn import KeyedNoise

LINES = [
    "a cat sat on a mat",
    "the dog ran",
    "a dog sees the cat",
    "cats see dogs and dogs see cats",
    "the mat",
]
SIZES = {
    "latent_size": 4,
    "initial_range": 0.5,
    **{
        f"{part}.{name}": 12
        for part in ("encoder", "decoder")
        for name in ("embedding_size", "hidden_size")
    },
}


@pytest.fixture
def batch():
    vocabulary = Vocabulary.build(line.split() for line in LINES)
    corpus = load_corpus(LINES, vocabulary)
    return next(iter(LengthBucketedBatches(corpus, batch_size=len(LINES)).epoch(0)))


@pytest.fixture
def model(batch):
    """In 64 bits, where differences of gradients are nearly exact; with dropout of one half."""
    size = int(batch.tokens.max()) + 1
    return TextVAE(override(ModelConfig(), SIZES), vocabulary_size=size).double().train()


@pytest.fixture
def noise(batch):
    return KeyedNoise.of(1, 7, batch.indices)


@pytest.fixture
def gradients_of(model):
    """Do something and give the gradients that it has added to those of the parameters."""

    def found(work):
        model.zero_grad()
        work()
        return {
            name: torch.zeros_like(each) if each.grad is None else each.grad.clone()
            for name, each in model.named_parameters()
        }

    return found


@pytest.fixture
def distance():
    """Give the distance between gradients, as a share of the norm of the second ones."""

    def between(one, other):
        ours = torch.cat([one[name].flatten().double() for name in other])
        theirs = torch.cat([each.flatten().double() for each in other.values()])
        return float((ours - theirs).norm() / theirs.norm())

    return between
