"""A block of text as a chunk: its sentences as ids by its own list of words, in two files."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..encoding import Cutting, Encoder
from ..reading_report import ReadingReport
from ..splits import SPLITS, Boundaries, SplitName, place
from ..vocabulary import BOS, EOS, SYMBOLS, UNK, Vocabulary
from .blocks import Block

if TYPE_CHECKING:
    from jaxtyping import Int32, Int64

__all__ = ["Chunk", "Task", "encode_block"]


@dataclass(frozen=True)
class Task:
    """A block that is to be encoded.

    Args:
        number: Its place among all blocks.
        block: The block.
        split: The split of its file; one that is carved begins as train.
        boundaries: Where the splits that are carved begin; ``None`` where none is carved.
        done: Share of all text that has been read after it.
    """

    number: int
    block: Block
    split: SplitName
    boundaries: Boundaries | None
    done: float


@dataclass(frozen=True)
class Chunk:
    """An encoded block, whose ids are 4 and more for the words of its own list.

    Args:
        path: Its files, without their endings.
        reports: What became of the sentences of each split; no word of theirs is unknown yet.
        placed: Sentences that were carved for each split, blank ones not counted.
        done: Share of all text that has been read after it.
    """

    path: Path
    reports: Mapping[SplitName, ReadingReport]
    placed: Mapping[SplitName, int]
    done: float

    def names(self) -> tuple[list[str], list[str]]:
        """Read its words, and the labels that its codes stand for."""
        names = json.loads(self.path.with_suffix(".json").read_text(encoding="ascii"))
        return names["words"], names["labels"]

    def counts(self) -> list[int]:
        """Count how often each word stands in train."""
        ids = self.array("train", "ids")
        counts: list[int] = np.bincount(ids, minlength=len(SYMBOLS))[len(SYMBOLS) :].tolist()
        return counts

    def array(self, split: SplitName, what: str) -> Int32[np.ndarray, " entries"]:
        """Read ``ids``, ``lengths`` or ``labels`` of a split."""
        with np.load(self.path.with_suffix(".npz")) as arrays:
            array: np.ndarray = arrays[f"{split}_{what}"]
        return array

    def translation(self, vocabulary: Vocabulary) -> Int32[np.ndarray, " entries"]:
        """Give the id in a vocabulary of each id here.

        Args:
            vocabulary: The words of the store.
        """
        words, _ = self.names()
        ids = [*range(len(SYMBOLS)), *vocabulary.encode(words)[1:-1]]
        return np.array(ids, dtype=np.int32)

    def remove(self) -> None:
        """Remove its files."""
        self.path.with_suffix(".json").unlink()
        self.path.with_suffix(".npz").unlink()


def encode_block(task: Task, cutting: Cutting, folder: Path) -> Chunk:
    """Encode a block and write it to a folder.

    Args:
        task: The block.
        cutting: How sentences become words.
        folder: Where to.

    Raises:
        UnreadableTextError: If something in the text cannot be read.
        UsageError: If the tokens cannot cut it.
        OSError: If the chunk cannot be written.
    """
    ids = defaultdict(count(len(SYMBOLS)).__next__, {SYMBOLS[UNK]: UNK})
    find = ids.__getitem__

    def encode(words: list[str]) -> list[int]:
        return [BOS, *map(find, words), EOS]

    encoders = {split: Encoder(encode, cutting) for split in SPLITS}
    placed = dict.fromkeys(SPLITS, 0)
    for sentence in task.block.sentences():
        split = task.split
        if task.boundaries is not None:
            point = place(sentence.text)
            split = task.boundaries.split(point)
            placed[split] += point is not None
        encoders[split].add(sentence)
    del ids[SYMBOLS[UNK]]
    path = folder / f"{task.number:08}"
    _write(path, encoders, list(ids))
    reports = {split: encoder.report(0) for split, encoder in encoders.items()}
    return Chunk(path, reports, placed, task.done)


def _write(path: Path, encoders: Mapping[SplitName, Encoder], words: list[str]) -> None:
    codes: defaultdict[str, int] = defaultdict(count().__next__)
    arrays: dict[str, np.ndarray] = {}
    for split, encoder in encoders.items():
        ends: Int64[np.ndarray, " ends"] = np.frombuffer(encoder.ends, dtype=np.int64)
        arrays[f"{split}_ids"] = np.frombuffer(encoder.ids, dtype=np.int32)
        arrays[f"{split}_lengths"] = np.diff(ends).astype(np.int32)
        arrays[f"{split}_labels"] = _codes(encoder.labels, codes)
    np.savez(path.with_suffix(".npz"), **arrays)  # type: ignore[arg-type]
    text = json.dumps({"words": words, "labels": list(codes)})
    path.with_suffix(".json").write_text(text, encoding="ascii")


def _codes(
    labels: Iterable[str | None], codes: defaultdict[str, int]
) -> Int32[np.ndarray, " entries"]:
    """Number labels in the order in which they come; a sentence without one has -1."""
    given = [-1 if label is None else codes[label] for label in labels]
    return np.array(given, dtype=np.int32)
