"""All files of a request as chunks, carved where splits are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..reading import read_sentences
from ..reading_report import ReadingReport
from ..splits import SPLITS, Boundaries, SplitName, place, wanted_splits
from .blocks import UnreadableTextError, blocks
from .chunks import Chunk, Task
from .progress import Progress
from .request import Request
from .worker import Order
from .workers import encode_blocks

__all__ = ["EncodedText", "encode_text", "read_through"]


@dataclass(frozen=True)
class EncodedText:
    """A text whose words are not settled yet.

    Args:
        chunks: In the order of the text.
        counts: How often each word stands in train; empty where the vocabulary is given.
    """

    chunks: Sequence[Chunk]
    counts: dict[str, int]

    def reports(self) -> dict[SplitName, ReadingReport]:
        """Say what became of the sentences of each split."""
        return {
            name: ReadingReport.total(chunk.reports[name] for chunk in self.chunks)
            for name in SPLITS
        }


def encode_text(
    request: Request, folder: Path, processes: int, progress: Progress, block: int
) -> EncodedText:
    """Encode all files of a request block by block.

    Args:
        request: The files, and how they are encoded.
        folder: Where the chunks go; it is made.
        processes: How many encode.
        progress: Told the share of the text that is read.
        block: Bytes that are encoded at once.

    Raises:
        UsageError: If the text cannot be used.
        OSError: If a chunk cannot be written.
    """
    folder.mkdir()
    work = _Work(request, folder, processes, progress, block)
    shares = request.plan.shares["valid"], request.plan.shares["test"]
    encoded = work.carry_out(Boundaries.of_shares(*shares))
    placed = {name for chunk in encoded.chunks for name, n in chunk.placed.items() if n}
    if any(shares) and not placed >= wanted_splits(*shares):
        sentences = read_sentences(request.files["train"].path, keep_blank=True)
        tiny = Boundaries.of_text((place(sentence.text) for sentence in sentences), *shares)
        encoded = work.carry_out(tiny)
    return encoded


@dataclass(frozen=True)
class _Work:
    """Encoding, which a tiny text needs twice."""

    request: Request
    folder: Path
    processes: int
    progress: Progress
    block: int

    def carry_out(self, boundaries: Boundaries) -> EncodedText:
        """Encode all files with these boundaries between carved splits."""
        chunks: list[Chunk] = []
        counts: dict[str, int] = {}
        order = Order(self.request.plan.cutting, self.folder)
        tasks = self._tasks(boundaries)
        try:
            with closing(encode_blocks(tasks, order, self.processes)) as encoded:
                for chunk in encoded:
                    chunks.append(chunk)
                    if self.request.plan.vocabulary is None:
                        _count_words(chunk, counts)
                    self.progress(chunk.done)
        except UnreadableTextError as problem:
            for file in self.request.files.values():
                read_through(file.path)
            raise problem from None
        return EncodedText(chunks, counts)

    def _tasks(self, boundaries: Boundaries) -> Iterator[Task]:
        """Cut all files into blocks, train first."""
        files = self.request.files
        total, before, number = sum(file.state.size for file in files.values()), 0, 0
        carved = boundaries if len(files) < len(SPLITS) else None
        for name, file in files.items():
            for block in blocks(file.path, file.form, self.block):
                done = (before + block.stop) / total
                yield Task(number, block, name, carved if name == "train" else None, done)
                number += 1
            before += file.state.size


def read_through(path: Path) -> None:
    """Read a file from its beginning, which tells what cannot be read in it, and where.

    Args:
        path: The file.

    Raises:
        UsageError: If there is such a thing, or no sentence.
    """
    for _ in read_sentences(path):
        pass


def _count_words(chunk: Chunk, counts: dict[str, int]) -> None:
    """Add the words of the training sentences of a chunk."""
    words, _ = chunk.names()
    for word, times in zip(words, chunk.counts(), strict=False):  # the last may not be in train
        if times:
            counts[word] = counts.get(word, 0) + times
