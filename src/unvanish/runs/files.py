"""JSON files and tensors that are whole at every moment, and folders that are free."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from ..config import UsageError
from ..whole_files import whole_file, write_through

__all__ = [
    "begin_folder",
    "read_json",
    "require_free",
    "whole_folder",
    "write_json",
    "write_tensors",
]


def read_json(path: Path, absent: str) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Args:
        path: The file.
        absent: What its folder holds where it is missing, and what to do.

    Raises:
        UsageError: If it is absent or no JSON object.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{path.parent} holds {absent}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: it is damaged") from error
    if not isinstance(plain, dict):
        raise UsageError(f"{path} cannot be read: it is damaged")
    return plain


def whole_folder(path: str | Path, fill: Callable[[Path], None]) -> Path:
    """Begin a folder that is whole from the moment at which it is there.

    Args:
        path: The folder.
        fill: Writes what it holds at the beginning, to a place beside it.

    Raises:
        UsageError: If there is something at ``path`` already, or it cannot be written.
    """
    path = require_free(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        begun = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        try:
            fill(begun)
            begun.chmod(0o777 & ~_umask())
            begun.rename(path)
        finally:
            shutil.rmtree(begun, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"cannot write to {path}: {error.strerror}; give another --out") from error
    return path


def write_json(path: Path, plain: Mapping[str, Any]) -> None:
    """Write a JSON file so that it is whole at every moment.

    Args:
        path: The file; it is replaced if it is there.
        plain: What it is to hold.
    """
    with whole_file(path) as partial, partial.open("w", encoding="utf-8") as file:
        json.dump(plain, file, indent=1, allow_nan=False)
        file.write("\n")


def write_tensors(
    path: Path, tensors: Mapping[str, torch.Tensor], header: Mapping[str, str]
) -> None:
    """Write a safetensors file so that it is whole at every moment, also if the power fails.

    Args:
        path: The file; it is replaced if it is there.
        tensors: Contiguous tensors in main memory.
        header: Text that goes with them.

    Raises:
        UsageError: If it cannot be written; what was there stays.
    """
    try:
        with whole_file(path) as partial:
            save_file(dict(tensors), partial, metadata=dict(header))
            partial.chmod(0o666 & ~_umask())  # the library lets nobody else read it
        write_through(path.parent)
    except (OSError, SafetensorError) as error:
        raise UsageError(f"cannot write {path}: {error}; make room, then --resume") from error


def begin_folder(folder: Path, inside: str, name: str, plan: Mapping[str, Any]) -> None:
    """Begin a folder that will hold the folders of many runs.

    Args:
        folder: The folder.
        inside: Name of the folder in it where the runs will be.
        name: Name of the file in it that says what they are for.
        plan: What that file says.

    Raises:
        UsageError: If it cannot be written.
    """
    try:
        (folder / inside).mkdir(parents=True, exist_ok=True)
        write_json(folder / name, plan)
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}; give another --out"
        ) from error


def require_free(path: str | Path) -> Path:
    """Check that a run may begin at ``path``: nothing is there, or an empty folder.

    Raises:
        UsageError: If something is there.
    """
    path = Path(path)
    if path.is_dir() and any(path.iterdir()):
        plans = ("config.json", "comparison.json", "search.json")
        if any((path / plan).is_file() for plan in plans):
            raise UsageError(f"{path} is in use: give another --out, or --resume to go on with it")
        raise UsageError(f"{path} is in use: give another --out, or remove it first")
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file: give a folder as --out")
    return path


def _umask() -> int:
    """Read which permissions new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
