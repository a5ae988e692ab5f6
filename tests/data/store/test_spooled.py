import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.data import Sentence, load_corpora, read_sentences
from unvanish.data.store.spooled import as_files

TEXT = st.text(st.characters(codec="utf-8"))

KILLED = """
import os, signal, sys
from unvanish.data import load_corpora

def sentences():
    yield from map(str, range(10_000))
    os.kill(os.getpid(), signal.SIGKILL)

load_corpora(sentences(), cache=sys.argv[1])
"""


def left_in(cache):
    return list(cache.glob(".sentences-*"))


@given(st.lists(st.builds(Sentence, TEXT, st.none() | TEXT)))
def test_every_sentence_comes_back(tmp_path_factory, sentences):
    cache = tmp_path_factory.mktemp("cache")
    with as_files({"train": iter([*sentences, Sentence("last")])}, cache) as files:
        found = list(read_sentences(files["train"]))
    assert found == [*(each for each in sentences if each.text.strip()), Sentence("last")]
    assert not left_in(cache)


def test_files_stay_what_they_are(text, tmp_path):
    cache = tmp_path / "cache"
    with as_files({"train": text, "valid": str(text)}, cache) as files:
        assert files == {"train": text, "valid": text}
        assert not cache.exists()
    with as_files({"train": text, "valid": ["a cat"]}, cache) as files:
        assert files["train"] == text
        assert files["valid"].is_file()
    assert text.is_file()
    assert not left_in(cache)


def test_what_is_no_sentence_is_told_and_nothing_is_left(tmp_path):
    with pytest.raises(UsageError, match="sentence 2"), as_files({"train": ["a", 3]}, tmp_path):
        pass
    assert not left_in(tmp_path)


def test_what_a_killed_process_leaves_is_removed_by_the_next(tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)])
    assert killed.returncode == -signal.SIGKILL
    corpora = tmp_path / "corpora"
    assert len(left_in(corpora)) == 1
    load_corpora(map(str, range(100)), cache=tmp_path)
    assert not left_in(corpora)


def test_what_is_in_use_stays(tmp_path):
    with as_files({"train": ["a cat"]}, tmp_path) as ours:
        with as_files({"train": ["a dog"]}, tmp_path) as theirs:
            assert len(left_in(tmp_path)) == 2
            assert ours["train"].is_file()
            assert theirs["train"].is_file()
        assert ours["train"].is_file()
    assert not left_in(tmp_path)


def test_what_is_removed_while_it_is_looked_at_is_no_obstacle(tmp_path, monkeypatch):
    """Its folder is made, if need be, before a lock is opened: it goes between the two."""
    left, make = tmp_path / ".sentences-left", Path.mkdir
    left.mkdir()

    def make_and_lose(folder, *arguments, **options):
        make(folder, *arguments, **options)
        if folder == left:
            shutil.rmtree(left)

    monkeypatch.setattr(Path, "mkdir", make_and_lose)
    with as_files({"train": ["a cat"]}, tmp_path) as files:
        assert files["train"].is_file()
    assert not left_in(tmp_path)
