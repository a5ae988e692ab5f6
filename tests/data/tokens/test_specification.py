import subprocess
import sys
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models

from unvanish.config import UsageError
from unvanish.data import (
    WHITESPACE,
    CharacterTokens,
    FileTokens,
    FunctionTokens,
    RegexTokens,
    restore_tokens,
    store_tokens,
    tokens_from,
)


@pytest.fixture
def tokenizer(tmp_path):
    path = tmp_path / "mine.json"
    Tokenizer(models.WordLevel({"a": 0, "[UNK]": 1}, unk_token="[UNK]")).save(str(path))
    return path


def test_every_form_is_understood(tokenizer):
    assert tokens_from("whitespace") is WHITESPACE
    assert tokens_from("characters") == CharacterTokens()
    assert tokens_from("regex:a:b") == RegexTokens("a:b")
    assert tokens_from(str(tokenizer)) == tokens_from(tokenizer) == FileTokens.load(tokenizer)
    assert tokens_from(str.split) == FunctionTokens(str.split)
    assert tokens_from(list, join="".join).join(["a", "b"]) == "ab"
    assert tokens_from(RegexTokens("a")) == RegexTokens("a")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("words", "give whitespace, characters, regex:PATTERN or the path"),
        ("regex", "neither a kind nor a file"),
        ("", "neither a kind nor a file"),
        ("a\0b", "neither a kind nor a file"),
        ("x" * 5000, "neither a kind nor a file"),
        ("regex:", "empty text"),
        ("regex:(", "not valid"),
        ("absent.json", "neither a kind nor a file"),
        (Path("absent.json"), "cannot be read"),
        ("file", "path of its tokenizer.json"),
        ("callable", "the function again"),
        (3, "give text, a path or a function"),
    ],
)
def test_what_is_no_form_is_told(given, message):
    with pytest.raises(UsageError, match=message) as caught:
        tokens_from(given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("given", ["characters", WHITESPACE, 3])
def test_a_join_belongs_to_a_function(given):
    with pytest.raises(UsageError, match="join belongs to a function"):
        tokens_from(given, join="".join)


def test_a_run_gets_its_tokens_back(tokenizer, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for given in ("whitespace", "characters", "regex:[a-z]+|.", tokenizer):
        tokens = tokens_from(given)
        store_tokens(tokens, folder)
        restored = restore_tokens(tokens.spec, folder)
        assert restored.cut("a cat") == tokens.cut("a cat")
    assert [path.name for path in folder.iterdir()] == ["tokenizer.json"]
    tokenizer.unlink()
    assert restored.cut("a") == ["a"]


def test_a_function_has_to_be_given_again(tmp_path):
    with pytest.raises(UsageError, match=r"load\(path, tokens=function\)"):
        restore_tokens(tokens_from(list).spec, tmp_path)


def test_the_library_is_loaded_for_files_alone():
    code = (
        "import sys; from unvanish.data import load_corpora;"
        "load_corpora(['a b'], ['a'], ['b'], tokens='regex:[ab]');"
        "assert not {'tokenizers', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
