import hashlib
import os
import time

import pytest

from unvanish.config import UsageError
from unvanish.data.store import files
from unvanish.data.store.files import TextFile


@pytest.fixture
def reads(monkeypatch):
    """Count how often a file is read for its digest."""
    count = []
    inner = files._digest
    monkeypatch.setattr(files, "_digest", lambda path: count.append(path) or inner(path))
    return count


def aged(path, seconds=100):
    """Let a file have been written some time ago."""
    when = time.time_ns() - seconds * 10**9
    os.utime(path, ns=(when, when))
    return path


def test_a_digest_is_remembered_until_the_file_changes(text, tmp_path, reads):
    aged(text)
    known = TextFile.known(text, tmp_path)
    assert known.sha256 == hashlib.sha256(text.read_bytes()).hexdigest()
    assert TextFile.known(text, tmp_path) == known
    assert len(reads) == 1
    content = text.read_bytes()
    text.write_bytes(content.replace(b"cat", b"dog"))
    aged(text, 50)
    assert TextFile.known(text, tmp_path).sha256 != known.sha256
    text.write_bytes(content)
    assert TextFile.known(text, tmp_path).sha256 == known.sha256
    assert len(reads) == 3


def test_a_file_written_a_moment_ago_is_read_again(text, tmp_path, reads):
    aged(text, -100)  # in a moment: none that passes here makes it old
    assert TextFile.known(text, tmp_path) == TextFile.known(text, tmp_path)
    assert len(reads) == 2


def test_a_change_that_hides_its_time_is_noticed(text, tmp_path):
    aged(text)
    first = TextFile.known(text, tmp_path)
    text.write_bytes(text.read_bytes().replace(b"cat", b"dog"))
    os.utime(text, ns=(first.state.modified, first.state.modified))
    assert TextFile.known(text, tmp_path).sha256 != first.sha256


def test_another_file_with_the_same_name_size_and_time_is_read(text, tmp_path, reads):
    aged(text)
    other = text.with_name("other.txt")
    other.write_bytes(text.read_bytes().replace(b"cat", b"dog"))
    first = TextFile.known(text, tmp_path)
    os.utime(other, ns=(first.state.modified, first.state.modified))
    other.replace(text)
    assert TextFile.known(text, tmp_path).sha256 != first.sha256


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"path": 1'])
def test_a_damaged_memory_says_nothing(text, tmp_path, reads, content):
    aged(text)
    known = TextFile.known(text, tmp_path)
    (memory,) = (tmp_path / "digests").iterdir()
    memory.write_text(content)
    assert TextFile.known(text, tmp_path) == known
    assert len(reads) == 2


def test_a_cache_that_cannot_be_written_is_no_obstacle(text, tmp_path):
    aged(text)
    (tmp_path / "digests").write_text("a file where the folder should be")
    assert TextFile.known(text, tmp_path) == TextFile.known(text, tmp_path)


def test_the_form_is_that_of_the_name_that_was_given(text, tmp_path):
    link = tmp_path / "link.tsv"
    link.symlink_to(text)
    assert TextFile.known(link, tmp_path).form.kind == ".tsv"


def test_a_change_during_reading_is_noticed(text, tmp_path):
    known = TextFile.known(text, tmp_path)
    known.require_same()
    with text.open("a") as file:
        file.write("more\n")
    with pytest.raises(UsageError, match="was changed while it was read"):
        known.require_same()
    text.unlink()
    with pytest.raises(UsageError, match="was changed while it was read"):
        known.require_same()


def test_a_file_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="cannot be read"):
        TextFile.known(tmp_path, tmp_path)
