from pathlib import Path

import pytest

from unvanish.data import (
    CharacterTokens,
    FileTokens,
    FunctionTokens,
    RegexTokens,
    Tokens,
    Vocabulary,
    WhitespaceTokens,
)
from unvanish.data.encoding import Cutting
from unvanish.data.plan import CorpusPlan
from unvanish.data.reading import FileForm
from unvanish.data.store.files import FileState, TextFile
from unvanish.data.store.key import can_be_stored, text_key, vocabulary_key


def file(path="a.txt", digest="0", state=1):
    path = Path(path)
    return TextFile(path, FileForm.of(path), FileState(state, state, state, state), digest)


def key(train=None, *, others=None, **cutting):
    files = {"train": train or file(), **(others or {})}
    sources = {split: given.path for split, given in files.items()}
    return text_key(files, CorpusPlan(sources, Cutting(**cutting)))


def test_everything_that_changes_ids_changes_the_key():
    keys = [
        key(),
        key(file(digest="1")),
        key(file("a.tsv")),
        key(file("a.txt.gz")),
        key(others={"valid": file()}),
        key(others={"test": file()}),
        key(others={"valid": file(), "test": file()}),
        key(others={"valid": file(digest="1"), "test": file()}),
        key(tokens=CharacterTokens()),
        key(tokens=RegexTokens("a")),
        key(tokens=RegexTokens("b")),
        key(max_words=None),
        key(max_words=7),
        key(max_words=7, too_long="truncate"),
    ]
    assert len(set(keys)) == len(keys)


def test_where_a_file_is_and_how_old_does_not():
    assert key() == key(file("elsewhere/b.txt", state=2)) == key(file("b", state=3))


def test_files_of_tokens_are_told_apart_by_what_is_in_them(text, tmp_path):
    tokenizers = pytest.importorskip("tokenizers")
    found = set()
    for size in (20, 30):
        tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
        tokenizer.train([str(text)], tokenizers.trainers.BpeTrainer(vocab_size=size))
        content = tokenizer.to_str()
        found |= {key(tokens=FileTokens(content, name)) for name in ("one", "another")}
    assert len(found) == 2


def test_words_and_their_order_are_the_key_of_a_vocabulary():
    words = [("a", "b"), ("b", "a"), ("a",), ("a", "ö")]
    assert len({vocabulary_key(Vocabulary(each)) for each in words}) == 4
    assert vocabulary_key(Vocabulary(("a",))) == vocabulary_key(Vocabulary(("a",)))


def test_tokens_of_ones_own_cannot_be_told_apart():
    class Mine(WhitespaceTokens):
        def cut(self, text: str) -> list[str]:
            return list(text)

    mine: list[Tokens] = [Mine(), FunctionTokens(str.split)]
    assert not any(map(can_be_stored, mine))
    assert can_be_stored(WhitespaceTokens())
