"""Results to standard output or to a file."""

import json
import sys
from typing import Any

from ..config import UsageError
from .options import CommonOptions

__all__ = ["write_text"]


def write_text(text: str, facts: Any, common: CommonOptions) -> None:
    """Write text, or the facts behind it as JSON, where the user wants them.

    Args:
        text: For a person.
        facts: The same for a program; written with ``--json``.
        common: Whether JSON is wanted, and ``--out``.

    Raises:
        UsageError: If ``--out`` exists, or cannot be written.
    """
    if common.json:
        text = json.dumps(facts, indent=1, ensure_ascii=False)
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
