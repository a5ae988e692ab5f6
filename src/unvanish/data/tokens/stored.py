"""Tokens in the folder of a run: their text form is a setting, a tokenizer is a file."""

from pathlib import Path

from ...config import UsageError
from .base import Tokens
from .file import FileTokens
from .specification import tokens_from

__all__ = ["restore_tokens", "store_tokens"]

_FILE = "tokenizer.json"


def store_tokens(tokens: Tokens, folder: Path) -> None:
    """Write what the text form does not say.

    Args:
        tokens: The tokens of a run.
        folder: The run's folder.
    """
    if isinstance(tokens, FileTokens):
        (folder / _FILE).write_text(tokens.content, encoding="utf-8", newline="")


def restore_tokens(spec: str, folder: Path) -> Tokens:
    """Make the tokens of a run again.

    Args:
        spec: Their text form, from the run's settings.
        folder: The run's folder.

    Raises:
        UsageError: If they were a function, or the tokenizer is absent or damaged.
    """
    if spec == "file":
        return FileTokens.load(folder / _FILE)
    if spec == "callable":
        raise UsageError(
            f"{folder} was trained with tokens of a Python function, which no folder holds; "
            "open it in Python: unvanish.runs.load(path, tokens=function)"
        )
    return tokens_from(spec)
