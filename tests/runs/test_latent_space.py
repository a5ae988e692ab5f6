"""What is done with the latent vectors of a run: between, near, by analogy, toward a label."""

import numpy as np
import pytest

from unvanish.config import Decoding, UsageError
from unvanish.generation import transfer_accuracy
from unvanish.runs import (
    analogous_sentence,
    edit_sentences,
    load,
    nearest_sentences,
    sentences_between,
)

A, B, C = "the cat sees a fine", "the dog likes a poor", "the hen hears a nice"


@pytest.fixture
def run(labelled):
    return load(labelled.path)


def test_a_way_begins_and_ends_with_the_reconstructions(run):
    way = sentences_between(run, A, B, 5)
    assert len(way) == 5
    assert [way[0], way[-1]] == run.reconstruct([A, B])
    assert way[0] != way[-1]
    middle = run.encode([A, B]).mean(0, keepdims=True)
    assert way[2] == run.generate(middle)[0]
    assert len(sentences_between(run, A, B, 2, "spherical")) == 2


def test_an_analogy_is_written_from_the_sum(run):
    a, b, c = run.encode([A, B, C])
    assert analogous_sentence(run, A, B, C) == run.generate((c + (b - a))[None])[0]
    assert analogous_sentence(run, A, B, A) == run.reconstruct([B])[0]


def test_neighbours_are_those_of_a_slow_search_and_different(run):
    corpus = run.corpora.train
    texts = [" ".join(run.vocabulary.decode(corpus[place])) for place in range(len(corpus))]
    assert len(set(texts)) < len(texts)
    means = dict(zip(texts, run.encode(corpus), strict=True))
    for query, near in zip([A, B], nearest_sentences(run, [A, B], k=4), strict=True):
        distances = {
            text: np.linalg.norm(mean.astype(float) - run.encode([query])[0])
            for text, mean in means.items()
        }
        expected = sorted(distances.values())[:4]
        assert [neighbour.distance for neighbour in near] == pytest.approx(expected, abs=1e-5)
        assert len({neighbour.text for neighbour in near}) == 4
        for neighbour in near:
            assert distances[neighbour.text] == pytest.approx(neighbour.distance, abs=1e-5)


def test_a_sentence_is_its_own_nearest_neighbour(run):
    (near,) = nearest_sentences(run, [A], [B, A, A, C], k=3)
    assert near[0].text == A
    assert near[0].distance == pytest.approx(0, abs=1e-5)
    assert {neighbour.text for neighbour in near} == {A, B, C}
    with pytest.raises(UsageError, match="from 1 to 3"):
        nearest_sentences(run, [A], [B, A, A, C], k=4)


def test_an_edit_goes_as_far_as_the_means_of_the_labels(run):
    train = run.corpora.train
    means, labels = run.encode(train), np.array(train.labels)
    vector = means[labels == "good"].mean(0) - means[labels == "bad"].mean(0)
    edited = edit_sentences(run, [A, B], toward="good", strength=2.5)
    assert edited.sentences == run.generate(run.encode([A, B]) + 2.5 * vector)
    assert edited.sources == [A, B]
    unmoved = edit_sentences(run, [A, B], toward="good", strength=0)
    assert unmoved.sentences == run.reconstruct([A, B]) != edited.sentences
    assert unmoved.transfer == unmoved.unmoved == edited.unmoved


def test_an_edit_is_judged_by_the_classifier_of_the_run_text(run):
    decoding = Decoding(max_words=7)
    edited = edit_sentences(run, [A, B], toward="bad", away="good", decoding=decoding)
    sources = [run.vocabulary.encode(text.split()) for text in (A, B)]
    written = [run.vocabulary.encode(text.split()) for text in edited.sentences]
    expected = transfer_accuracy(run.corpora.train, run.corpora.test, sources, written, "bad")
    assert edited.transfer == expected
    assert expected.before == 0.5


def test_labels_may_come_from_other_text(run, trained, tmp_path):
    file = tmp_path / "labelled.tsv"
    lines = [f"{'short' if n < 3 else 'long'}\tthe cat{' sees' * n} {n}" for n in range(1, 40)]
    file.write_text("\n".join(lines))
    assert edit_sentences(run, [A], file, toward="short").transfer.n_held_out > 0
    with pytest.raises(UsageError, match="no sentence has the label 'good'"):
        edit_sentences(run, [A], file, toward="good")
    with pytest.raises(UsageError, match="have no labels"):
        edit_sentences(run, [A], [A, B, C], toward="good")


@pytest.mark.parametrize("other", [A, f"  {A} ", "the cat sees a fine"])
def test_no_way_leads_from_a_sentence_to_itself(run, other):
    with pytest.raises(UsageError, match="same sentence"):
        sentences_between(run, A, other)
    with pytest.raises(UsageError, match="same sentence"):
        analogous_sentence(run, A, other, C)
