"""Large text on disk as arrays that are mapped, not read: built once, then found by its content."""

from __future__ import annotations

from collections.abc import Collection
from os import PathLike
from pathlib import Path

from ...config import UsageError
from ...processes import available_cores
from ..corpus import Corpus
from ..plan import CorpusPlan
from ..splits import SplitName
from .building import stored_text
from .callers import guarded_progress
from .files import TextFile
from .key import can_be_stored
from .location import CacheLike, cache_folder, cannot_be_stored, is_large
from .progress import LoggedProgress, Progress
from .request import Request
from .spooled import as_files

__all__ = ["CacheLike", "Progress", "store_folder", "stored_splits"]

_MOST_PROCESSES = 8
"""More would wait for this one to count their words, each with some 80 MB."""


def store_folder(plan: CorpusPlan, cache: CacheLike) -> Path | None:
    """Give the folder of all stores, if a corpus belongs there.

    Args:
        plan: The corpus.
        cache: As ``load_corpora`` takes it.

    Raises:
        UsageError: If a folder is given for tokens that nothing can tell apart.
    """
    sources = plan.sources.values()
    paths = [Path(source) for source in sources if isinstance(source, str | PathLike)]
    if not all(path.is_file() for path in paths):
        return None  # what is no file has an error of its own, or can be read only once
    storable = can_be_stored(plan.cutting.tokens)
    if cache == "auto":
        fitting = storable and len(paths) == len(sources) and is_large(paths)
        return cache_folder(cache) if fitting else None
    if cache is not None and not storable:
        raise UsageError(
            "tokens of a Python function cannot be cached: leave cache out, or give a kind of "
            "tokens or a tokenizers file"
        )
    return cache_folder(cache)


def stored_splits(
    plan: CorpusPlan,
    folder: Path,
    *,
    cache: CacheLike,
    processes: int | None,
    progress: Progress | None,
) -> dict[SplitName, Corpus]:
    """Open the store of a corpus, and build it first where there is none.

    Args:
        plan: The corpus.
        folder: The folder of all stores.
        cache: What was given for it.
        processes: How many encode; ``None`` takes one a core, up to 8, for large text.
        progress: Told how far building is; ``None`` logs it.

    Raises:
        UsageError: If the text cannot be used, or the store cannot be written.
        OSError: If sentences from Python or ``progress`` raise one.
    """
    if processes is not None and processes < 1:
        raise UsageError(f"processes={processes} is not possible: give at least 1")
    told = LoggedProgress() if progress is None else guarded_progress(progress)
    with cannot_be_stored(folder, cache), as_files(plan.sources, folder) as paths:
        files = {split: TextFile.known(path, folder) for split, path in paths.items()}
        at_once = processes or _worth_starting(paths.values())
        return stored_text(Request(plan, files, folder), processes=at_once, progress=told)


def _worth_starting(files: Collection[Path]) -> int:
    """Say how many processes encode files; one is enough for text that takes a moment."""
    return min(available_cores(), _MOST_PROCESSES) if is_large(files) else 1
