from dataclasses import replace

import numpy as np
import pytest
import torch

from unvanish.config import UsageError, override
from unvanish.data import load_corpus
from unvanish.evaluation import (
    FineTuning,
    LabelDraws,
    SentenceClassifier,
    fine_tune,
    fine_tuned_accuracy,
    labelled_subset,
)
from unvanish.models import TextVAE

SETTINGS = FineTuning(learning_rate=0.02, epochs=15, patience=5)


@pytest.fixture(scope="module")
def corpora(labelled):
    return labelled.corpora


@pytest.fixture(scope="module")
def model(labelled):
    small = override(labelled.config.model, {"initial_range": 0.1})
    torch.manual_seed(0)
    return TextVAE(small, vocabulary_size=len(labelled.vocabulary))


def state(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def test_words_that_tell_the_label_are_found_out(model, corpora):
    before = state(model)
    rows = labelled_subset(len(corpora.train), 60)
    classifier = fine_tune(model, corpora.train, rows, settings=SETTINGS)
    assert classifier.predict(corpora.test) == list(corpora.test.labels)
    assert same(before, state(model))
    assert not same(state(model.encoder), state(classifier.encoder))
    assert not classifier.training


def test_labels_that_mean_nothing_are_not(model, corpora):
    rng = np.random.default_rng(0)
    text = [" ".join(corpora.vocabulary.decode(corpora.train[k])) for k in range(90)]
    tested, taught = (
        load_corpus(
            [{"text": each, "label": label} for each, label in zip(text, labels, strict=True)],
            corpora.vocabulary,
        )
        for labels in (rng.integers(0, 2, 90).tolist(), rng.integers(0, 2, 90).tolist())
    )
    (found,) = fine_tuned_accuracy(
        model, taught, tested, LabelDraws((90,), repeats=1), settings=FineTuning(epochs=3)
    )
    assert abs(found.accuracy.mean - 0.5) < 0.2


def test_the_same_numbers_give_the_same_classifier(model, corpora):
    rows = labelled_subset(len(corpora.train), 40)
    settings = FineTuning(epochs=2, batch_size=8)
    one, again = (fine_tune(model, corpora.train, rows, settings=settings) for _ in range(2))
    other = fine_tune(model, corpora.train, rows, settings=replace(settings, seed=1))
    assert same(state(one), state(again))
    assert not same(state(one), state(other))


def test_the_pass_that_was_best_is_kept(model, corpora, monkeypatch):
    likelihoods, states = [0.6, 0.9, 0.8, 0.4, 0.7, 0.99], []

    def scripted(self, corpus, rows=None):
        states.append(state(self))
        probable = likelihoods[len(states) - 1]
        return torch.tensor([[probable, 1 - probable]]).log().expand(len(rows), -1)

    monkeypatch.setattr(SentenceClassifier, "log_probabilities", scripted)
    labels = "aaaaaaaa" + "ab" * 16  # the first eight choose
    sentences = [{"text": "the cat", "label": label} for label in labels]
    taught = load_corpus(sentences, corpora.vocabulary)
    settings = FineTuning(epochs=9, patience=3)
    kept = fine_tune(model, taught, np.arange(40), settings=settings)
    assert len(states) == 5  # three passes after the second were no better
    assert same(states[1], state(kept))
    assert not same(states[1], states[4])


def test_before_the_first_step_every_label_is_as_likely(model, corpora):
    classifier = SentenceClassifier(model, ["x", "y", "z"])
    found = classifier.log_probabilities(corpora.test)
    torch.testing.assert_close(found.exp(), torch.full((len(corpora.test), 3), 1 / 3))


def test_guesses_are_in_the_order_asked_for(model, corpora):
    rows = labelled_subset(len(corpora.train), 60)
    classifier = fine_tune(model, corpora.train, rows, settings=SETTINGS)
    whole = classifier.predict(corpora.train)
    some = np.array([7, 3, 50, 3])
    assert classifier.predict(corpora.train, some) == [whole[k] for k in some]
    assert len(set(whole)) == 2


def test_a_table_over_draws(model, corpora):
    unseen = np.arange(len(corpora.test)) % 2 == 0
    found = fine_tuned_accuracy(
        model,
        corpora.train,
        corpora.test,
        LabelDraws(counts=(10, 60), repeats=2),
        unseen=unseen,
        settings=SETTINGS,
    )
    assert [each.labelled for each in found] == [10, 60]
    assert found[1].accuracy.mean > 0.9
    assert len(found[0].accuracy_unseen.values) == 2


def test_sentences_without_a_label_are_refused(model, corpora):
    with pytest.raises(UsageError, match=r"have no label; give a \.tsv"):
        fine_tune(model, half_labelled(corpora), labelled_subset(2, 2))
    with pytest.raises(UsageError, match="have no label"):
        fine_tuned_accuracy(model, half_labelled(corpora), corpora.test, LabelDraws((10,)))
    with pytest.raises(UsageError, match="epochs=0"):
        FineTuning(epochs=0)
    with pytest.raises(UsageError, match="seed=-1"):
        FineTuning(seed=-1)
    with pytest.raises(UsageError, match="learning_rate=0"):
        FineTuning(learning_rate=0)


def half_labelled(corpora):
    return load_corpus(["the cat", {"text": "the dog", "label": "good"}], corpora.vocabulary)
