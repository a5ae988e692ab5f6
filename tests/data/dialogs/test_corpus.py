import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.tokenize import WordPunctTokenizer

from unvanish.config import DialogDataConfig, UsageError
from unvanish.data import BOS, EOS, PAD, UNK
from unvanish.data.dialogs import load_dialogs, words_of

from .conftest import dialog, record


@given(st.text(string.printable, max_size=40))
def test_words_are_those_of_nltk(text):
    assert words_of(text) == WordPunctTokenizer().tokenize(text.lower())


def load(train, other=(), **settings):
    other = other or [dialog("a", "b")]
    return load_dialogs(train, other, other, DialogDataConfig(**settings))


def test_utterances_stand_behind_a_begin_utterance():
    corpora = load([dialog("Yeah, yeah", "no", "no", floors="BAA")])
    (encoded,) = corpora.train.dialogs
    find = {word: 4 + place for place, word in enumerate(corpora.vocabulary.words)}
    assert set(find) == {"<d>", "yeah", ",", "no"}
    assert encoded.tokens.tolist() == [
        [BOS, find["<d>"], EOS, PAD, PAD],
        [BOS, find["yeah"], find[","], find["yeah"], EOS],
        [BOS, find["no"], EOS, PAD, PAD],
        [BOS, find["no"], EOS, PAD, PAD],
    ]
    assert encoded.lengths.tolist() == [3, 5, 3, 3]
    assert encoded.floors.tolist() == [0, 1, 0, 0]
    assert encoded.words == (("<d>",), ("yeah", ",", "yeah"), ("no",), ("no",))
    assert (len(corpora.train), corpora.train.n_utterances) == (1, 3)


def test_begin_and_end_symbols_are_two_of_the_most_frequent_tokens():
    """Six utterances with the begin utterances: <s> and </s> six times, c four, <d> and b twice."""
    train = [dialog("c c", "c"), dialog("b b c", "a")]
    assert set(load(train, max_vocabulary=5).vocabulary.words) == {"c", "b", "<d>"}
    assert len(load(train, max_vocabulary=5).vocabulary) == 5 + 2
    assert set(load(train, max_vocabulary=3).vocabulary.words) == {"c"}
    test = load(train, [dialog("a zebra", "c")], max_vocabulary=5).test
    assert test.dialogs[0].tokens[1].tolist() == [BOS, UNK, UNK, EOS]
    assert test.dialogs[0].words[1] == ("a", "zebra")


def test_long_utterances_keep_their_first_tokens_and_their_last():
    corpora = load([dialog("a b c d e", "a b c")], max_tokens=5)
    words = corpora.vocabulary.words
    spoken = [corpora.vocabulary.decode(row) for row in corpora.train.dialogs[0].tokens]
    assert spoken == [["<d>"], ["a", "b", "c"], ["a", "b", "c"]]
    assert corpora.train.dialogs[0].tokens[1, -1] == EOS
    assert {"d", "e"} <= set(words)


def test_topics_that_are_not_in_train_are_number_0():
    train = [dialog("a", "b", topic="PETS"), dialog("a", "b", topic="CARS")]
    corpora = load(train, [dialog("a", "b", topic="CARS"), dialog("a", "b", topic="TAXES")])
    assert corpora.train.topics == ("CARS", "PETS")
    assert [each.topic for each in corpora.train.dialogs] == [2, 1]
    assert [each.topic for each in corpora.test.dialogs] == [1, 0]


def test_the_fingerprint_is_of_what_was_read(write):
    a, b, c = (dialog("a", text) for text in "abc")
    assert load_dialogs([a], [b], [c]).sha256 == load_dialogs([a], [b], [c]).sha256
    assert load_dialogs([a], [b], [c]).sha256 != load_dialogs([a], [c], [b]).sha256
    path = write(record())
    assert load_dialogs(path, path, path).train.n_utterances == 2
    with pytest.raises(UsageError, match="max_vocabulary=2"):
        load([a], max_vocabulary=2)
