"""Sentences from Python written to a file, from which they can be read in blocks."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from ..reading import Source, read_sentences
from ..splits import SplitName

__all__ = ["as_files"]


@contextmanager
def as_files(sources: Mapping[SplitName, Source], cache: Path) -> Iterator[dict[SplitName, Path]]:
    """Give files that hold the sentences; those that are written here are removed afterwards.

    Args:
        sources: Paths, or iterables, which are read once.
        cache: The folder of all stores.

    Raises:
        UsageError: If an iterable holds something that is no sentence.
        OSError: If the sentences cannot be written.
    """
    if all(isinstance(source, str | PathLike) for source in sources.values()):
        yield {name: Path(source) for name, source in sources.items()}  # type: ignore[arg-type]
        return
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sentences-", dir=cache) as folder:
        yield {
            name: Path(source)
            if isinstance(source, str | PathLike)
            else _written(source, Path(folder) / f"{name}.jsonl")
            for name, source in sources.items()
        }


def _written(source: Source, path: Path) -> Path:
    """Write sentences so that reading gives exactly them."""
    with path.open("w", encoding="ascii", newline="\n") as file:
        for sentence in read_sentences(source, keep_blank=True):
            record = {"text": sentence.text, "label": sentence.label}
            file.write(json.dumps(record) + "\n")
    return path
