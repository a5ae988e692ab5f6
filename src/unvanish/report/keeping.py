"""Pages on disk: an earlier report is replaced, anything else never."""

from pathlib import Path

from ..config import UsageError
from ..whole_files import whole_file
from .page import Page
from .run_page import KIND

__all__ = ["keep", "require_own"]

_HEAD = 4_096


def require_own(file: Path) -> None:
    """Make sure that a report may be written to ``file``.

    It may if nothing is there, or an earlier report.

    Raises:
        UsageError: If something else is there.
    """
    if file.is_dir():
        raise UsageError(f"{file} is a folder: give the name of a file as --out")
    if not file.exists():
        return
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}; give another --out") from error
    if f'<meta name="generator" content="{KIND}">'.encode() not in head:
        raise UsageError(f"{file} is something else than a report: give another --out")


def keep(page: Page, file: Path) -> None:
    """Write a page so that its file is whole at every moment.

    Args:
        page: The page.
        file: Where to; missing folders are made.

    Raises:
        UsageError: If something else is there, or it cannot be written.
    """
    require_own(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file, shared=True) as partial:
            page.save(partial)
    except OSError as error:
        raise UsageError(f"cannot write to {file}: {error.strerror}; give another --out") from error
