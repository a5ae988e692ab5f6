"""Results to standard output or to a file."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import UsageError
from .options import OutputOptions

if TYPE_CHECKING:
    from numpy import ndarray

__all__ = ["print_json", "require_new", "write_arrays", "write_text"]


def require_new(out: Path | None) -> None:
    """Refuse early to write over a file.

    Raises:
        UsageError: If it exists, or its folder does not.
    """
    if out is not None and out.exists():
        raise UsageError(f"{out} exists: give another --out, or remove it")
    if out is not None and not out.parent.is_dir():
        raise UsageError(f"{out.parent} is no folder: make it, or give another --out")


def write_text(text: str, facts: Any, common: OutputOptions) -> None:
    """Write text, or the facts behind it as JSON, where the user wants them.

    Args:
        text: For a person.
        facts: The same for a program; written with ``--json``.
        common: Whether JSON is wanted, and ``--out``.

    Raises:
        UsageError: If ``--out`` exists, or cannot be written.
    """
    if common.json:
        text = json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False)
    if common.out is None:
        sys.stdout.write(text + "\n")
        return
    try:
        with common.out.open("x", encoding="utf-8") as file:
            file.write(text + "\n")
    except FileExistsError as error:
        raise UsageError(f"{common.out} exists: give another --out, or remove it") from error
    except OSError as error:
        raise UsageError(f"cannot write to {common.out}: {error.strerror}") from error


def print_json(facts: Any) -> None:
    """Print facts as JSON, for a program, on standard output.

    Args:
        facts: Plain values; every number is finite.
    """
    json.dump(facts, sys.stdout, indent=1, allow_nan=False)
    sys.stdout.write("\n")


def write_arrays(arrays: "Mapping[str, ndarray]", out: Path) -> None:
    """Write arrays into a new ``.npz`` file, which is whole or not there.

    Raises:
        UsageError: If it exists, or cannot be written.
    """
    import numpy as np

    from ..whole_files import whole_file

    require_new(out)
    try:
        with whole_file(out, shared=True) as partial, partial.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}; give another --out") from error
