"""Where stores are kept, and which text is worth one."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from ...config import UsageError
from .callers import CallersError

__all__ = ["LARGE", "CacheLike", "cache_folder", "cannot_be_stored", "is_large"]

LARGE = 32 * 2**20
"""Bytes of text from which on it is stored where nothing else is asked for."""

_COMPRESSION = 4
"""Bytes of text that a byte of a gzipped file stands for, about."""

CacheLike: TypeAlias = str | PathLike[str] | None
"""``"auto"``, a folder, or ``None`` to keep everything in memory."""


def cache_folder(cache: CacheLike) -> Path | None:
    """Give the folder of all stores; ``None`` where nothing is to be stored.

    Args:
        cache: A folder, or ``"auto"`` for ``UNVANISH_CACHE``, which is ``~/.cache/unvanish`` where
            it is not set and turns storing off where it is empty.

    Raises:
        UsageError: If a home folder is needed and there is none.
    """
    if cache is None:
        return None
    if cache != "auto":
        return _expanded(cache) / "corpora"
    given = os.environ.get("UNVANISH_CACHE")
    if given is None:
        return _users_cache() / "unvanish" / "corpora"
    return _expanded(given) / "corpora" if given else None


def _expanded(folder: str | PathLike[str]) -> Path:
    """Put a home folder in the place of ``~``."""
    try:
        return Path(folder).expanduser()
    except RuntimeError:
        raise UsageError(
            f"there is no home folder for the cache {folder}: give its path without ~"
        ) from None


def _users_cache() -> Path:
    """Give the folder that the system has for caches; a relative one is not valid."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():
        return given
    try:
        return Path.home() / ".cache"
    except RuntimeError:
        raise UsageError(
            "large text is stored in the home folder, and there is none: set UNVANISH_CACHE to a "
            "folder; empty, it keeps all text in memory"
        ) from None


@contextmanager
def cannot_be_stored(folder: Path, cache: CacheLike) -> Iterator[None]:
    """Say what to do where the folder of all stores cannot be written.

    Args:
        folder: The folder.
        cache: What was given for it.
    """
    callers: OSError | None = None
    try:
        yield
    except CallersError as carried:
        callers = carried.error
    except OSError as error:
        raise UsageError(
            f"text cannot be stored in {folder} ({error.strerror or error}): make room there, or "
            f"{_elsewhere(cache)} keeps all text in memory"
        ) from error
    if callers is not None:
        raise callers


def _elsewhere(cache: CacheLike) -> str:
    if cache == "auto":
        return "set UNVANISH_CACHE to another folder; empty, it"
    return "give another folder as cache; cache=None"


def is_large(files: Collection[Path]) -> bool:
    """Tell whether files hold so much text that it is stored.

    Args:
        files: Files that exist.
    """
    weights = {True: _COMPRESSION, False: 1}
    sizes = (path.stat().st_size * weights[path.suffix.lower() == ".gz"] for path in files)
    return sum(sizes) >= LARGE
