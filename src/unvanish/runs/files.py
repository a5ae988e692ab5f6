"""Files that are whole at every moment, and folders that are free."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError
from safetensors.torch import save_file

from ..config import UsageError

__all__ = [
    "alone",
    "begin_folder",
    "read_json",
    "require_free",
    "umask",
    "whole_file",
    "whole_folder",
    "write_json",
    "write_tensors",
    "write_through",
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
            begun.chmod(0o777 & ~umask())
            begun.rename(path)
        finally:
            shutil.rmtree(begun, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"cannot write to {path}: {error.strerror}; give another --out") from error
    return path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write a file so that it is whole at every moment.

    Args:
        path: The file; it is replaced if it is there.

    Yields:
        What to write instead, which takes its place if nothing fails and is removed otherwise.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        yield partial
        write_through(partial)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


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
    partial = path.with_suffix(".partial")
    try:
        save_file(dict(tensors), partial, metadata=dict(header))
        partial.chmod(0o666 & ~umask())  # the library lets nobody else read it
        write_through(partial)
        partial.replace(path)
        write_through(path.parent)
    except (OSError, SafetensorError) as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"cannot write {path}: {error}; make room, then --resume") from error


def write_through(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on the disk itself."""
    if path.is_dir() and os.name == "nt":
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def umask() -> int:
    """Read which permissions new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


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


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes from working on a folder of many runs.

    Args:
        folder: The folder.

    Raises:
        UsageError: If another process is at it.
    """
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise UsageError(
            f"{folder} is being carried out by another process: wait for it, or stop it"
        ) from error
    try:
        yield
    finally:
        lock.release()
