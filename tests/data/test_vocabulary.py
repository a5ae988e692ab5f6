import json
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import BOS, EOS, PAD, SYMBOLS, UNK, WHITESPACE, Vocabulary

WORDS = st.text(min_size=1, max_size=4) | st.sampled_from(SYMBOLS)
SENTENCES = st.lists(st.lists(WORDS, max_size=6), max_size=8)


def test_ids_of_the_symbols() -> None:
    assert (PAD, UNK, BOS, EOS) == (0, 1, 2, 3)
    assert SYMBOLS == ("<pad>", "<unk>", "<s>", "</s>")


def test_most_frequent_first_then_by_character() -> None:
    lines = ["b a c", "a b", "B b", "d <unk> <unk> <unk> <unk>"]
    sentences = [WHITESPACE.cut(line) for line in lines]
    vocabulary = Vocabulary.build(sentences)
    assert vocabulary.words == ("b", "a", "B", "c", "d")
    assert len(vocabulary) == 9
    assert repr(vocabulary) == "Vocabulary(9 entries)"
    assert Vocabulary.build(sentences, max_size=2).words == ("b", "a")
    assert Vocabulary.build(sentences, min_count=2).words == ("b", "a")


def test_unk_in_the_text_is_the_symbol() -> None:
    vocabulary = Vocabulary.build([["a", "<unk>"]])
    assert vocabulary.encode(["a", "<unk>", "new"]) == [BOS, 4, UNK, UNK, EOS]
    assert vocabulary.decode([BOS, 4, UNK, EOS]) == ["a", "<unk>"]


def test_decode_stops_at_eos_and_takes_arrays() -> None:
    vocabulary = Vocabulary(("a", "b"))
    row = np.array([BOS, 4, PAD, 5, EOS, 4, PAD], dtype=np.int32)
    assert vocabulary.decode(row) == ["a", "b"]
    assert vocabulary.decode([]) == []
    for wrong in (6, -1):
        with pytest.raises(UsageError, match=f"id {wrong} is not in a vocabulary of 6"):
            vocabulary.decode([wrong])


@given(SENTENCES.filter(lambda sentences: any(set(s) - {"<unk>"} for s in sentences)), st.randoms())
def test_every_word_comes_back(sentences: list[list[str]], random: random.Random) -> None:
    vocabulary = Vocabulary.build(sentences)
    for tokens in sentences:
        ids = vocabulary.encode(tokens)
        assert (ids[0], ids[-1], len(ids)) == (BOS, EOS, len(tokens) + 2)
        assert vocabulary.decode(ids) == tokens
        assert not {PAD, BOS, EOS} & set(ids[1:-1])
    shuffled = random.sample(sentences, len(sentences))
    assert Vocabulary.build(shuffled) == vocabulary


@given(SENTENCES, st.integers(1, 5), st.integers(1, 3))
def test_limits_hold(sentences: list[list[str]], max_size: int, min_count: int) -> None:
    flat = [word for tokens in sentences for word in tokens if word != "<unk>"]
    try:
        vocabulary = Vocabulary.build(sentences, max_size, min_count)
    except UsageError:
        assert all(flat.count(word) < min_count for word in flat)
    else:
        assert 0 < len(vocabulary.words) <= max_size
        assert all(flat.count(word) >= min_count for word in vocabulary.words)


@pytest.mark.parametrize("limits", [{"max_size": 0}, {"min_count": 0}, {"min_count": 2}])
def test_impossible_limits_are_told(limits: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="at least"):
        Vocabulary.build([["a", "b"]], **limits)


@pytest.mark.parametrize("words", [("a", "a"), ("<unk>",), ("a", 3), ("a", ["b"])])
def test_impossible_words_are_told(words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="a vocabulary"):
        Vocabulary(words)


@given(st.lists(WORDS.filter("<unk>".__ne__), unique=True))
def test_saved_and_loaded(tmp_path_factory, words: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "vocabulary.json"
    vocabulary = Vocabulary(tuple(words))
    vocabulary.save(path)
    assert Vocabulary.load(path) == vocabulary
    assert hash(Vocabulary.load(str(path))) == hash(vocabulary)
    assert Vocabulary.from_dict(json.loads(json.dumps(vocabulary.to_dict()))) == vocabulary
    assert Vocabulary((*words, "one more")) != vocabulary


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b'{"format": 1, "words": ["a"', "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b"[1, 2]", "no vocabulary"),
        (b'{"model": {"vocab": {}}}', "no vocabulary"),
        (b'{"format": 2, "symbols": [], "words": []}', "format 2 is not known"),
        (b'{"format": 1, "symbols": ["<unk>"], "words": []}', "damaged"),
        (b'{"format": 1, "symbols": ["<pad>", "<unk>", "<s>", "</s>"], "words": 3}', "damaged"),
        (b'{"format": 1, "symbols": ["<pad>", "<unk>", "<s>", "</s>"], "words": [3]}', "string"),
    ],
)
def test_damaged_and_foreign_files_are_told(tmp_path, content: bytes, expected: str) -> None:
    path = tmp_path / "vocabulary.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=expected) as caught:
        Vocabulary.load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_are_told(tmp_path) -> None:
    for path in (tmp_path, tmp_path / "absent.json"):
        with pytest.raises(UsageError, match="cannot be read"):
            Vocabulary.load(path)
