import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unvanish.data import read_sentences
from unvanish.data.reading import FileForm
from unvanish.data.store.blocks import Block, UnreadableTextError, blocks

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\n"), max_size=5))


@given(LINES, st.booleans(), st.booleans(), st.integers(1, 30))
def test_blocks_have_every_line_once(tmp_path_factory, lines, last, compressed, size):
    path = tmp_path_factory.getbasetemp() / ("blocks.txt.gz" if compressed else "blocks.txt")
    raw = ("\n".join(["first", *lines]) + "\n" * last).encode()
    path.write_bytes(gzip.compress(raw) if compressed else raw)
    cut = list(blocks(path, FileForm.of(path), size))
    found = [sentence for block in cut for sentence in block.sentences()]
    assert found == list(read_sentences(path, keep_blank=True))
    assert [block.stop for block in cut] == sorted(block.stop for block in cut)
    assert cut[-1].stop <= path.stat().st_size


@pytest.mark.parametrize("ending", [b"", b"\nlast\n"])
def test_a_line_through_many_blocks_is_read_once(tmp_path, monkeypatch, ending):
    path = tmp_path / "long.txt"
    path.write_bytes(b"first\n" + b"x" * 1_000_000 + ending)
    read = []

    class Counted(io.BufferedReader):
        def read(self, size=-1):
            return self._counted(super().read(size))

        def readline(self, size=-1):
            return self._counted(super().readline(size))

        def _counted(self, content):
            read.append(len(content))
            return content

    monkeypatch.setattr(Path, "open", lambda path, mode: Counted(io.FileIO(path)))
    for block in blocks(path, FileForm.of(path), 10_000):
        list(block.sentences())
    assert sum(read) < 3_000_000


@pytest.mark.parametrize("content", [b"fine\n\xff\n", b"fine\n\0\n", b"no tab\n"])
def test_what_cannot_be_read_is_told_apart(tmp_path, content):
    path = tmp_path / "text.tsv"
    path.write_bytes(content)
    (block,) = blocks(path, FileForm.of(path))
    with pytest.raises(UnreadableTextError):
        list(block.sentences())


def test_a_file_that_is_gone_is_no_fault_of_the_store(tmp_path):
    block = Block(tmp_path / "absent.txt", FileForm("", False), 0, 10)
    with pytest.raises(UnreadableTextError):
        list(block.sentences())
    with pytest.raises(UnreadableTextError):
        list(blocks(tmp_path / "absent.txt.gz", FileForm("", True)))
