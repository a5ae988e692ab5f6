"""A corpus of the paper, and the downloads that it is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .needed_data import DataFile

__all__ = ["PublishedCorpus", "lines_of"]


@dataclass(frozen=True)
class PublishedCorpus:
    """How downloaded copies of a corpus become the files that experiments read.

    Args:
        name: What it is called.
        files: What experiments read.
        made_of: What each is made of, by its place in the data folder: names of files that are
            needed together, and after those the names of others that do as well.
        convert: Makes the text of a file, before any compression, given its place and the files
            that it is made of.
    """

    name: str
    files: tuple[DataFile, ...]
    made_of: Mapping[str, tuple[tuple[str, ...], ...]]
    convert: Callable[[str, Sequence[Path]], bytes]


def lines_of(path: Path) -> list[bytes]:
    """Read the lines of a file, which end in LF or CRLF, without white space around them."""
    lines = path.read_bytes().split(b"\n")
    return [line.strip() for line in (lines if lines[-1] else lines[:-1])]
