"""Tokens by their text form, their file or their function."""

from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from ...config import UsageError
from .base import Tokens
from .characters import CharacterTokens
from .file import FileTokens
from .function import FunctionTokens
from .regex import RegexTokens
from .whitespace import WHITESPACE

__all__ = ["TokensLike", "tokens_from"]

TokensLike: TypeAlias = str | PathLike[str] | Callable[[str], Iterable[str]] | Tokens
"""A text form, the path of a tokenizer, a function, or tokens themselves."""

_NAMED = {"whitespace": WHITESPACE, "characters": CharacterTokens()}


def tokens_from(given: TokensLike, *, join: Callable[[list[str]], str] | None = None) -> Tokens:
    """Make tokens of what a user gives.

    Args:
        given: ``"whitespace"``, ``"characters"``, ``"regex:PATTERN"``, the path of a saved
            ``tokenizers`` file, a function from a sentence to its tokens, or tokens.
        join: Puts the tokens of a function together; ``None`` joins with spaces.

    Raises:
        UsageError: If it is none of these, or cannot be used.

    Example:
        >>> tokens_from("regex:[a-z]").cut("cat")
        ['c', 'a', 't']
        >>> tokens_from("characters").spec
        'characters'
    """
    if join is not None and (isinstance(given, str | PathLike | Tokens) or not callable(given)):
        raise UsageError("join belongs to a function that cuts; leave it out, or give a function")
    if isinstance(given, Tokens):
        return given
    if isinstance(given, str):
        return _from_text(given)
    if isinstance(given, PathLike):
        return FileTokens.load(given)
    if callable(given):
        return FunctionTokens(given, join)
    raise UsageError(f"tokens={given!r} are not possible: give text, a path or a function")


def _from_text(text: str) -> Tokens:
    if text in _NAMED:
        return _NAMED[text]
    kind, colon, pattern = text.partition(":")
    if kind == "regex" and colon:
        return RegexTokens(pattern)
    if text in ("file", "callable"):
        raise UsageError(
            f"tokens {text!r} are those of a run that exists; "
            "give the path of its tokenizer.json, or the function again"
        )
    if not _exists(text):
        raise UsageError(
            f"tokens {text!r} are neither a kind nor a file that exists; "
            "give whitespace, characters, regex:PATTERN or the path of a saved tokenizer"
        )
    return FileTokens.load(text)


def _exists(path: str) -> bool:
    try:
        return bool(path) and Path(path).exists()
    except (OSError, ValueError):
        return False
