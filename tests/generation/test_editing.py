"""The whole way: encode, find the direction of a label, move, write, judge."""

import numpy as np
import pytest
import torch

from unvanish.config import Config, override
from unvanish.data import Sentence, load_corpora
from unvanish.generation import (
    Decoding,
    attribute_vector,
    generate_tokens,
    move,
    neighbours,
    transfer_accuracy,
)
from unvanish.models import encode_corpus
from unvanish.training import train

pytestmark = pytest.mark.slow
WORDS = {"good": ["fine", "nice"], "bad": ["poor", "awful"]}


def labelled(n, seed):
    rng = np.random.default_rng(seed)
    things = ["film", "book", "song", "play"]
    made = []
    for _ in range(n):
        label = str(rng.choice(["good", "bad"]))
        text = f"the {rng.choice(things)} is {rng.choice(WORDS[label])}"
        made.append(Sentence(text, label))
    return made


@pytest.fixture(scope="module")
def autoencoder(tmp_path_factory):
    corpora = load_corpora(labelled(120, 0), labelled(40, 1), labelled(40, 2))
    config = override(
        Config(),
        {
            "seed": 2,
            "objective.beta": "constant:0.02",
            "training.epochs": 150,
            "training.precision": "fp32",
            "optimizer.learning_rate": 0.01,
            "model.latent_size": 6,
            "model.decoder.input_dropout": 0.0,
            "model.decoder.output_dropout": 0.0,
            **{
                f"model.{part}.{name}": 24
                for part in ("encoder", "decoder")
                for name in ("embedding_size", "hidden_size")
            },
        },
    )
    run = train(config, corpora, tmp_path_factory.mktemp("editing") / "run", device="cpu")
    return run.model(), corpora


@pytest.mark.parametrize("decoding", [Decoding(max_words=8), Decoding("beam", max_words=8)])
def test_sentences_moved_to_a_label_are_of_it_and_about_the_same(autoencoder, decoding):
    model, corpora = autoencoder
    means = {name: encode_corpus(model, getattr(corpora, name)).mean for name in ("train", "test")}
    vector = attribute_vector(means["train"], corpora.train.labels, "good")
    bad = [place for place, label in enumerate(corpora.test.labels) if label == "bad"]
    sources = [corpora.test[place].tolist() for place in bad]
    found = {}
    for strength in (0.0, 1.0):
        z = move(means["test"][bad], vector, strength)
        edited = generate_tokens(model, z, decoding).tolist()
        found[strength] = transfer_accuracy(corpora.train, corpora.test, sources, edited, "good")
    assert found[1.0].classifier_accuracy == 1
    assert found[0.0].accuracy <= 0.1
    assert found[0.0].words_in_common > 0.75
    assert found[1.0].accuracy >= 0.9
    assert 0.25 < found[1.0].words_in_common < found[0.0].words_in_common


def test_neighbours_of_a_sentence_are_of_its_label(autoencoder):
    model, corpora = autoencoder
    queries, there = (encode_corpus(model, part).mean for part in (corpora.test, corpora.train))
    labels = np.array(corpora.train.labels)
    near = labels[neighbours(queries, there, 3).indices.numpy()]
    same = (near == np.array(corpora.test.labels)[:, None]).mean()
    shuffled = torch.randperm(len(there))
    chance = labels[neighbours(queries, there[shuffled], 3).indices.numpy()]
    assert same > 0.9
    assert (chance == np.array(corpora.test.labels)[:, None]).mean() < 0.75
