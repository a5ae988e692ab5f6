"""A dialog model so small that it trains in a second."""

import random

import pytest

from unvanish.config import DialogConfig, override
from unvanish.data.dialogs import Dialog, Speaker, Utterance, load_dialogs
from unvanish.training.dialog import train_dialogs

SMALL = {
    "model.encoder.hidden_size": 6,
    "model.context.hidden_size": 7,
    "model.prior.hidden_size": 5,
    "model.decoder.embedding_size": 8,
    "model.decoder.hidden_size": 9,
    "model.latent_size": 3,
    "model.topic_size": 2,
    "objective.bag_of_words_size": 6,
    "optimizer.learning_rate": 0.01,
    "optimizer.schedule": "cosine-restarts",
    "data.context": 3,
    "training.rounds": 3,
    "training.rounds_per_epoch": 2,
    "training.batch_size": 3,
    "training.evaluation_batch_size": 2,
    "training.precision": "fp32",
    "training.log_every": 2,
    "training.checkpoint_every": 3,
}


def made_up(n, seed):
    """Dialogs of four to nine utterances in which every word is answered by the next number."""
    source = random.Random(seed)
    speakers = Speaker(30, 2, True), Speaker(50, 1, False)
    for _ in range(n):
        first, length = source.randrange(5), source.randrange(4, 10)
        texts = [f"number {(first + k) % 7}" for k in range(length)]
        spoken = tuple(Utterance("AB"[k % 2], text) for k, text in enumerate(texts))
        yield Dialog(speakers, source.choice(["PETS", "CARS"]), spoken)


@pytest.fixture(scope="session")
def corpora():
    train, valid, test = (list(made_up(n, seed)) for seed, n in enumerate((9, 4, 4)))
    return load_dialogs(train, valid, test)


@pytest.fixture(scope="session")
def config():
    return override(DialogConfig(), SMALL)


@pytest.fixture(scope="session")
def run(config, corpora, tmp_path_factory):
    """A finished run with a bag of words."""
    settings = override(config, {"objective.bag_of_words": True})
    return train_dialogs(settings, corpora, tmp_path_factory.mktemp("run") / "a", device="cpu")
