import numpy as np

from unvanish.data import Corpus, Vocabulary, read_sentences
from unvanish.data.encoding import Cutting
from unvanish.data.reading import FileForm
from unvanish.data.splits import Boundaries, carve, place
from unvanish.data.store.blocks import blocks
from unvanish.data.store.chunks import Task, encode_block


def chunk_of(path, folder, boundaries=None):
    (block,) = blocks(path, FileForm.of(path))
    return encode_block(Task(3, block, "train", boundaries, 0.5), Cutting(), folder)


def test_a_chunk_is_a_corpus_in_its_own_words(text, tmp_path):
    chunk = chunk_of(text, tmp_path)
    words, labels = chunk.names()
    own = Corpus.from_sentences(read_sentences(text, keep_blank=True), Vocabulary(tuple(words)))
    assert chunk.array("train", "ids").tolist() == own.tokens.tolist()
    assert chunk.array("train", "lengths").tolist() == own.lengths.tolist()
    assert set(chunk.array("train", "labels")) == {-1}
    assert labels == []
    assert chunk.done == 0.5
    other = Vocabulary(("7", "cat", "the"))
    translated = Corpus.from_sentences(read_sentences(text, keep_blank=True), other)
    ids = chunk.translation(other)[chunk.array("train", "ids")]
    assert np.array_equal(ids, translated.tokens)


def test_words_of_train_alone_are_counted(text, tmp_path):
    sentences = list(read_sentences(text, keep_blank=True))
    boundaries = Boundaries.of_text((place(each.text) for each in sentences), 0.1, 0.1)
    chunk = chunk_of(text, tmp_path, boundaries)
    train = [word for each in carve(sentences).train for word in each.text.split()]
    words, _ = chunk.names()
    counted = dict(zip(words, chunk.counts(), strict=False))
    assert all(counted.get(word, 0) == train.count(word) for word in words)
    assert chunk.placed["valid"] == len(carve(sentences).valid)
    chunk.remove()
    assert [path.name for path in tmp_path.iterdir()] == [text.name]
