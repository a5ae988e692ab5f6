"""The files that a store is made from: which text they hold, and whether they stay as they are."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from ...config import UsageError
from ...whole_files import whole_file
from ..reading import FileForm
from .blocks import told_as_unreadable

__all__ = ["FileState", "TextFile"]

_SETTLED = 2 * 10**9
"""Nanoseconds after which a further change shows in the time of a file, on any file system."""


class FileState(NamedTuple):
    """What changes when a file does.

    Args:
        size: Its bytes.
        modified: When it was last written to, in nanoseconds.
        changed: The same, as the system alone can set it.
        inode: Which file of the file system it is.
    """

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Look at a file."""
        facts = path.stat()
        return cls(facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)


@dataclass(frozen=True)
class TextFile:
    """A file of text as it was when its digest was taken.

    Args:
        path: Where it is.
        form: How it is to be read.
        state: Size and times.
        sha256: Digest of its bytes.
    """

    path: Path
    form: FileForm
    state: FileState
    sha256: str

    @classmethod
    def known(cls, path: Path, cache: Path) -> Self:
        """Take the digest of a file, or remember it from the last time.

        Args:
            path: The file.
            cache: The folder of all stores, which remembers.

        Raises:
            UsageError: If it cannot be read.
        """
        with told_as_unreadable(path):
            name, state = str(path.resolve()), FileState.of(path)
        memory = cache / "digests" / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"
        digest = _remembered(memory, name, state)
        if digest is None:
            settled = time.time_ns() - state.modified > _SETTLED
            digest = _digest(path)
            if settled:
                _remember(memory, name, state, digest)
        return cls(path, FileForm.of(path), state, digest)

    def require_same(self) -> None:
        """Refuse a file that was written to while it was read.

        Raises:
            UsageError: If it was.
        """
        if not self.path.exists() or FileState.of(self.path) != self.state:
            raise UsageError(f"{self.path} was changed while it was read: begin again")


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror or error}); check the file"
        ) from None


def _remembered(memory: Path, name: str, state: FileState) -> str | None:
    """Give the digest that a file had in the same state; what cannot be read says nothing."""
    try:
        facts = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    wanted = {"path": name, **state._asdict()}
    if not isinstance(facts, dict) or wanted.items() - facts.items():
        return None
    digest = facts.get("sha256")
    return digest if isinstance(digest, str) else None


def _remember(memory: Path, name: str, state: FileState, digest: str) -> None:
    """Keep a digest. In a cache that may only be read it is taken anew every time."""
    facts = {"path": name, **state._asdict(), "sha256": digest}
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(memory, shared=True) as partial:
            partial.write_text(json.dumps(facts), encoding="utf-8")
