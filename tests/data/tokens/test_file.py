"""Against tokenizers that are trained here, as a user would train one."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from unvanish.config import UsageError
from unvanish.data import FileTokens

LINES = ["the cat sat on the mat", "a dog sat", "the mat of the dog", "dogs and cats"] * 5


def trained(model, pre_tokenizer, decoder, trainer, **options):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizer
    if decoder is not None:
        tokenizer.decoder = decoder
    tokenizer.train_from_iterator(LINES, trainer(show_progress=False, **options))
    return tokenizer


def byte_level(**options):
    return trained(
        models.BPE(),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
        decoders.ByteLevel(),
        trainers.BpeTrainer,
        vocab_size=300,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        **options,
    )


def word_piece():
    return trained(
        models.WordPiece(unk_token="[UNK]"),
        pre_tokenizers.BertPreTokenizer(),
        decoders.WordPiece(),
        trainers.WordPieceTrainer,
        vocab_size=60,
        special_tokens=["[UNK]", "[CLS]", "[SEP]"],
    )


def unigram():
    return trained(
        models.Unigram(),
        pre_tokenizers.Metaspace(),
        decoders.Metaspace(),
        trainers.UnigramTrainer,
        vocab_size=40,
        special_tokens=["<unk>"],
        unk_token="<unk>",
    )


BYTES = FileTokens(byte_level().to_str())


@given(st.text(st.characters(codec="utf-8")))
def test_bytes_give_every_text_back(text):
    pieces = BYTES.cut(text)
    assert BYTES.join(pieces) == text.strip()
    assert BYTES.uncovered(text) == 0
    assert "<unk>" not in pieces


@pytest.mark.parametrize("make", [byte_level, word_piece, unigram])
def test_it_cuts_and_joins_as_the_library_does(make):
    tokenizer = make()
    tokens = FileTokens(tokenizer.to_str())
    for line in LINES[:4]:
        encoding = tokenizer.encode(line, add_special_tokens=False)
        assert tokens.cut(line) == encoding.tokens
        assert len(tokens.cut(line)) < len(line)
        assert tokens.join(tokens.cut(line)) == tokenizer.decode(encoding.ids).strip() == line


@pytest.mark.parametrize("make", [word_piece, unigram])
def test_what_it_does_not_know_is_the_unknown_symbol(make):
    tokens = FileTokens(make().to_str())
    assert "<unk>" in tokens.cut("the ☃ sat")
    assert "<unk>" not in tokens.cut("the cat sat")
    assert tokens.uncovered("the ☃ sat") == 0


def test_what_it_leaves_out_is_counted():
    """A tokenizer without an unknown token says nothing of what it does not know."""
    tokenizer = trained(
        models.BPE(), pre_tokenizers.Whitespace(), None, trainers.BpeTrainer, vocab_size=40
    )
    tokens = FileTokens(tokenizer.to_str())
    assert tokens.uncovered("the cat") == 0
    assert tokens.uncovered("the ☃☃ sat é") == 3
    assert "".join(tokens.cut("the ☃☃ sat é")) == "thesat"


def test_the_files_wishes_for_models_are_switched_off():
    """Truncation would lose text unseen, padding and symbols would become words, dropout varies."""
    tokenizer = byte_level(special_tokens=["<s>", "</s>", "<pad>"])
    plain = FileTokens(tokenizer.to_str())
    tokenizer.enable_truncation(2)
    tokenizer.enable_padding(length=64, pad_token="<pad>")
    tokenizer.post_processor = processors.BertProcessing(("</s>", 1), ("<s>", 0))
    tokenizer.model.dropout = 0.9
    tokens = FileTokens(tokenizer.to_str())
    for line in LINES[:4]:
        assert len({tuple(tokens.cut(line)) for _ in range(5)}) == 1
        assert tokens.cut(line) == plain.cut(line)


@given(st.lists(st.sampled_from(["<s>", "</s>", "<pad>", "<unk>", "the", " "]), max_size=8))
def test_symbols_in_the_text_are_text(words):
    tokenizer = SYMBOLIC
    text = "".join(words)
    pieces = tokenizer.cut(text)
    assert not {"<s>", "</s>", "<pad>", "<unk>"} & set(pieces)
    assert tokenizer.join(pieces) == text.strip()


SYMBOLIC = FileTokens(byte_level(special_tokens=["<s>", "</s>", "<pad>", "<unk>"]).to_str())


def test_a_normaliser_changes_what_comes_back():
    tokenizer = byte_level()
    tokenizer.normalizer = normalizers.Lowercase()
    tokens = FileTokens(tokenizer.to_str())
    assert tokens.join(tokens.cut("The CAT")) == "the cat"


def test_a_file_is_read_as_it_is(tmp_path):
    byte_level().save(str(tmp_path / "t.json"))
    tokens = FileTokens.load(tmp_path / "t.json")
    assert tokens.cut("the cat") == BYTES.cut("the cat")
    assert (tokens.spec, tokens.content) == ("file", (tmp_path / "t.json").read_text())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"a word a line",
        b'{"model": {"type": "BPE"}}',
        json.dumps({"format": 1, "symbols": [], "words": ["a"]}).encode(),
    ],
)
def test_a_file_that_is_no_tokenizer_is_told(tmp_path, content):
    path = tmp_path / "t.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is no saved tokenizer") as caught:
        FileTokens.load(path)
    assert str(path) in str(caught.value)


def test_missing_files_and_folders_are_told(tmp_path):
    for path in (tmp_path, tmp_path / "absent.json"):
        with pytest.raises(UsageError, match="cannot be read"):
            FileTokens.load(path)


def test_a_tokenizer_that_fails_on_unknown_text_is_told():
    content = Tokenizer(models.WordLevel({"a": 0}, unk_token="absent")).to_str()
    tokens = FileTokens(content)
    assert tokens.cut("a") == ["a"]
    with pytest.raises(UsageError, match="cannot cut 'b'"):
        tokens.cut("b")


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(UsageError, match=r"pip install '\.\[tokenizers\]'"):
        FileTokens(BYTES.content)
