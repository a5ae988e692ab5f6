"""Files that are whole at every moment, and folders that are free."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config import UsageError

__all__ = ["require_free", "umask", "write_json"]


def write_json(path: Path, plain: Mapping[str, Any]) -> None:
    """Write a JSON file so that it is whole at every moment.

    Args:
        path: The file; it is replaced if it is there.
        plain: What it is to hold.
    """
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(plain, file, indent=1, allow_nan=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def umask() -> int:
    """Read which permissions new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def require_free(path: str | Path) -> Path:
    """Check that a run may begin at ``path``: nothing is there, or an empty folder.

    Raises:
        UsageError: If something is there.
    """
    path = Path(path)
    if path.is_dir() and any(path.iterdir()):
        hint = ", or --resume to go on" if (path / "config.json").is_file() else ""
        raise UsageError(f"{path} is in use: give another --out{hint}, or remove it first")
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file: give a folder as --out")
    return path
