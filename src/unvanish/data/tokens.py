"""Cutting a sentence into tokens, and putting tokens back together."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

__all__ = ["Tokenize", "join_words", "split_words"]

Tokenize: TypeAlias = Callable[[str], list[str]]
"""Any function from a sentence to its tokens; the same text must always give the same tokens."""


def split_words(text: str) -> list[str]:
    """Cut a sentence at white space.

    Args:
        text: A sentence.

    Example:
        >>> split_words("  the cat  sat ")
        ['the', 'cat', 'sat']
    """
    return text.split()


def join_words(tokens: Iterable[str]) -> str:
    """Write words as a sentence with one space between them, the inverse of ``split_words``.

    Args:
        tokens: Words without white space in them.

    Example:
        >>> join_words(["the", "cat", "sat"])
        'the cat sat'
    """
    return " ".join(tokens)
