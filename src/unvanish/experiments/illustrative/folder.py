"""The folder that a demonstration leaves behind."""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...config import UsageError
from .pictures import draw_pictures
from .report import make_page
from .results import Outcome

__all__ = ["REPORT", "make_ready", "write"]

REPORT = "report.html"
"""Name of the page."""

_MARKER = "results.json"
_KIND = "unvanish demo"
_UNFINISHED = ".unvanish-demo"
"""Folder below the demonstration's in which it is written; gone when all of it is in place."""


def make_ready(folder: Path) -> None:
    """Make sure, before anything is trained, that a demonstration can be written into ``folder``.

    It can if nothing is there, if the folder is empty, or if an earlier demonstration wrote it,
    finished or not. The folder is made.

    Raises:
        UsageError: If something else is there, or it cannot be written.
    """
    with _told(folder):
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file: give another --out")
        if folder.exists() and any(folder.iterdir()) and not _is_own(folder):
            raise UsageError(f"{folder} holds something else than a demo: give another --out")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def write(outcome: Outcome, folder: Path) -> Path:
    """Write results, figures and report; an earlier demonstration is replaced.

    Each file is replaced when all of them are written, the results last.

    Args:
        outcome: The runs.
        folder: Where to.

    Returns:
        The report.

    Raises:
        UsageError: If the folder holds something else, or cannot be written.
    """
    make_ready(folder)
    pictures = draw_pictures(outcome)
    results = {"kind": _KIND, **outcome.to_json()}
    with _told(folder):
        unfinished = folder / _UNFINISHED
        unfinished.mkdir(exist_ok=True)
        for picture in pictures.values():
            picture.save(unfinished)
        make_page(outcome, pictures).save(unfinished / REPORT)
        text = json.dumps(results, indent=1, allow_nan=False)
        (unfinished / _MARKER).write_text(text, encoding="utf-8")
        for file in sorted(unfinished.iterdir(), key=lambda file: file.name == _MARKER):
            file.replace(folder / file.name)
        unfinished.rmdir()
    return folder / REPORT


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Tell in a line why the folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}; give another --out"
        ) from error


def _is_own(folder: Path) -> bool:
    """Know a demonstration by its results, even cut short, or by what it left unfinished."""
    if (folder / _UNFINISHED).is_dir():
        return True
    try:
        text = (folder / _MARKER).read_text(encoding="utf-8", errors="replace")
        results = json.loads(text)
    except OSError:
        return False
    except ValueError:
        return re.match(rf'\s*{{\s*"kind": "{_KIND}"', text) is not None
    return isinstance(results, dict) and results.get("kind") == _KIND
