"""A file of text in blocks that processes can work on side by side."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...config import UsageError
from ..reading import FileForm, Sentence

__all__ = ["BLOCK", "Block", "UnreadableTextError", "blocks", "told_as_unreadable"]

BLOCK = 8 * 2**20
"""Bytes of text that are encoded at once: what a process has in memory is some times as much."""


class UnreadableTextError(UsageError):
    """Something in a text cannot be read; reading it from its beginning tells what, and where."""


@dataclass(frozen=True)
class Block:
    """The lines of a file that begin within a range of bytes, or the lines themselves.

    Args:
        path: The file.
        form: How it is read.
        start: Where the range begins.
        stop: Where it ends, and how much of the file has been read then.
        content: The lines of a file that cannot be read from the middle, as bytes.
    """

    path: Path
    form: FileForm
    start: int
    stop: int
    content: bytes | None = None

    def sentences(self) -> Iterator[Sentence]:
        """Read the sentences, blank ones included.

        Raises:
            UnreadableTextError: If something is no text, or a line is of another form.
        """
        content = self._read() if self.content is None else self.content
        if self.start == 0:
            content = content.removeprefix(codecs.BOM_UTF8)
        if b"\0" in content:
            raise UnreadableTextError(f"{self.path} is not a text file")
        try:
            lines = content.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            raise UnreadableTextError(f"{self.path} is not UTF-8") from None
        if not lines[-1]:
            lines.pop()  # it is what follows the last end of a line
        for line in lines:
            yield self._sentence(line.removesuffix("\r"))

    def _sentence(self, line: str) -> Sentence:
        try:
            return self.form.sentence(line, str(self.path))
        except UsageError as error:
            raise UnreadableTextError(str(error)) from None

    def _read(self) -> bytes:
        """Read the lines that begin within the range."""
        with told_as_unreadable(self.path), self.path.open("rb") as file:
            first = self.start
            if first:
                file.seek(first - 1)
                # no further than the range: a line that goes through all of it belongs to another
                first += len(file.readline(self.stop - self.start + 1)) - 1
            if first >= self.stop:
                return b""
            content = file.read(self.stop - first)
            return content if content.endswith(b"\n") else content + file.readline()


def blocks(path: Path, form: FileForm, size: int = BLOCK) -> Iterator[Block]:
    """Cut a file into blocks.

    Args:
        path: The file.
        form: How it is read; a compressed one is read here, the others where they are encoded.
        size: Bytes of text in a block, up to a line more.

    Raises:
        UnreadableTextError: If it cannot be read.
    """
    if form.compressed:
        yield from _decompressed(path, form, size)
        return
    with told_as_unreadable(path):
        end = path.stat().st_size
    for start in range(0, end, size):
        yield Block(path, form, start, min(start + size, end))


def _decompressed(path: Path, form: FileForm, size: int) -> Iterator[Block]:
    start = 0
    with told_as_unreadable(path), path.open("rb") as raw, gzip.open(raw) as file:
        while content := file.read(size):
            if not content.endswith(b"\n"):
                content += file.readline()
            yield Block(path, form, start, raw.tell(), content)
            start += len(content)


@contextmanager
def told_as_unreadable(path: Path) -> Iterator[None]:
    """Let a file that cannot be read be told apart from a store that cannot be written."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableTextError(f"{path} cannot be read ({error})") from None
