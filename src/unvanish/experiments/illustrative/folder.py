"""The folder that a demonstration leaves behind."""

import json
from pathlib import Path

from ...config import UsageError
from .pictures import draw_pictures
from .report import make_page
from .results import Outcome

__all__ = ["require_own", "write"]

_MARKER = "results.json"
_KIND = "unvanish demo"


def require_own(folder: Path) -> None:
    """Make sure that a demonstration may write into ``folder``.

    It may if nothing is there, if the folder is empty, or if an earlier demonstration wrote it.

    Raises:
        UsageError: If something else is there.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file: give another --out")
    if any(folder.iterdir()) and not _is_own(folder):
        raise UsageError(f"{folder} holds something else than a demo: give another --out")


def write(outcome: Outcome, folder: Path) -> Path:
    """Write results, figures and report; an earlier demonstration is replaced.

    Args:
        outcome: The runs.
        folder: Where to.

    Returns:
        The report.

    Raises:
        UsageError: If the folder holds something else, or cannot be written.
    """
    require_own(folder)
    pictures = draw_pictures(outcome)
    report = folder / "report.html"
    results = {"kind": _KIND, **outcome.to_json()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(results, indent=1, allow_nan=False)
        (folder / _MARKER).write_text(text, encoding="utf-8")
        for picture in pictures.values():
            picture.save(folder)
        make_page(outcome, pictures).save(report)
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}; give another --out"
        ) from error
    return report


def _is_own(folder: Path) -> bool:
    try:
        results = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(results, dict) and results.get("kind") == _KIND
