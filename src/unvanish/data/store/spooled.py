"""Sentences from Python written to a file, from which they can be read in blocks."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from ...locks import locked, locked_if_free
from ..reading import Source, read_sentences
from ..splits import SplitName
from .callers import guarded_source

__all__ = ["as_files"]

_SENTENCES = ".sentences-"

_LOCK = ".lock"
"""In a folder of sentences: held as long as the folder is used, and by a dead process no more."""


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
    with _own_folder(cache) as folder:
        yield {
            name: Path(source)
            if isinstance(source, str | PathLike)
            else _written(source, folder / f"{name}.jsonl")
            for name, source in sources.items()
        }


@contextmanager
def _own_folder(cache: Path) -> Iterator[Path]:
    """Make a folder for a while, and remove those that were left by processes that were killed."""
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / ".sentences.lock"):  # a new folder is locked before others look at it
        for left in cache.glob(f"{_SENTENCES}*"):
            if _is_free(left):
                shutil.rmtree(left, ignore_errors=True)  # what cannot go yet goes the next time
        folder = Path(tempfile.mkdtemp(prefix=_SENTENCES, dir=cache))
        lock = locked(folder / _LOCK)
    try:
        with lock:
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_free(folder: Path) -> bool:
    """Tell whether no process uses a folder any more."""
    try:
        lock = locked_if_free(folder / _LOCK)
    except FileNotFoundError:  # removed just now by who used it
        return False
    if lock is None:
        return False
    with lock:
        return True


def _written(source: Source, path: Path) -> Path:
    """Write sentences so that reading gives exactly them."""
    with path.open("w", encoding="ascii", newline="\n") as file:
        for sentence in read_sentences(guarded_source(source), keep_blank=True):
            record = {"text": sentence.text, "label": sentence.label}
            file.write(json.dumps(record) + "\n")
    return path
