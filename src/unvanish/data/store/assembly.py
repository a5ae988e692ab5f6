"""Chunks put together to a store: one vocabulary, one array of ids for each split."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from ..corpus import vocabulary_digest
from ..splits import SPLITS, SplitName
from ..vocabulary import UNK, Vocabulary
from .chunks import Chunk
from .encoded import EncodedText
from .folder import StoredSplit, write_manifest
from .progress import Progress

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = ["assemble"]


@dataclass
class _Split:
    """A split that is being written."""

    tokens: IO[bytes]
    digest: _Hash
    unknown_words: int = 0

    def write(self, ids: np.ndarray) -> None:
        """Add ids of the vocabulary."""
        content = np.ascontiguousarray(ids, dtype="<i4").data
        self.tokens.write(content)
        self.digest.update(content)
        self.unknown_words += int(np.count_nonzero(ids == UNK))


def assemble(text: EncodedText, vocabulary: Vocabulary, folder: Path, progress: Progress) -> None:
    """Write a store, removing the chunks on the way.

    Args:
        text: The chunks.
        vocabulary: The words.
        folder: An empty folder.
        progress: Told the share that is done.

    Raises:
        OSError: If it cannot be written.
    """
    chunks = text.chunks
    vocabulary.save(folder / "vocabulary.json")
    labelled = _write_labels(chunks, folder)
    with ExitStack() as files:
        splits = {
            name: _Split(
                files.enter_context((folder / f"{name}.tokens").open("wb")),
                _write_offsets(chunks, name, folder, vocabulary_digest(vocabulary)),
            )
            for name in SPLITS
        }
        for number, chunk in enumerate(chunks, start=1):
            translation = chunk.translation(vocabulary)
            for name, split in splits.items():
                split.write(translation[chunk.array(name, "ids")])
            chunk.remove()
            progress(number / len(chunks))
    reports = text.reports()
    described = {
        name: StoredSplit(
            replace(reports[name], unknown_words=split.unknown_words),
            split.digest.hexdigest(),
            name in labelled,
        )
        for name, split in splits.items()
    }
    write_manifest(folder, described)


def _write_offsets(chunks: Sequence[Chunk], name: SplitName, folder: Path, digest: _Hash) -> _Hash:
    """Write where the sentences begin; give the fingerprint with that added."""
    end = 0
    with (folder / f"{name}.offsets").open("wb") as file:

        def write(offsets: np.ndarray) -> None:
            content = np.ascontiguousarray(offsets, dtype="<i8").data
            file.write(content)
            digest.update(content)

        write(np.zeros(1, dtype=np.int64))
        for chunk in chunks:
            ends = end + np.cumsum(chunk.array(name, "lengths"), dtype=np.int64)
            if len(ends):
                write(ends)
                end = int(ends[-1])
    return digest


def _write_labels(chunks: Sequence[Chunk], folder: Path) -> set[SplitName]:
    """Write the labels of the splits that have some, and name those."""
    known: dict[str, int] = {}
    tables = [_numbered(chunk.names()[1], known) for chunk in chunks]
    (folder / "labels.json").write_text(json.dumps(list(known)), encoding="utf-8")
    labelled: set[SplitName] = set()
    for name in SPLITS if known else ():
        path = folder / f"{name}.labels"
        with path.open("wb") as file:
            for chunk, table in zip(chunks, tables, strict=True):
                codes = table[chunk.array(name, "labels")]
                if (codes >= 0).any():
                    labelled.add(name)
                file.write(np.ascontiguousarray(codes, dtype="<i4").data)
        if name not in labelled:
            path.unlink()
    return labelled


def _numbered(labels: Sequence[str], known: dict[str, int]) -> np.ndarray:
    """Give the number of each label among all, and -1 behind them for a sentence without one."""
    return np.array([*(known.setdefault(label, len(known)) for label in labels), -1], np.int32)
