"""Results to standard output or to a file."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from ..config import UsageError
from .options import CommonOptions

__all__ = ["write_lines"]


def write_lines(lines: Sequence[str], records: Sequence[Any], common: CommonOptions) -> None:
    """Write lines of text, or the records behind them as JSON, where the user wants them.

    Args:
        lines: For a person.
        records: The same for a program; written with ``--json``.
        common: Whether JSON is wanted, and ``--out``.

    Raises:
        UsageError: If ``--out`` exists, or cannot be written.
    """
    text = json.dumps(records, indent=1, ensure_ascii=False) if common.json else "\n".join(lines)
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
