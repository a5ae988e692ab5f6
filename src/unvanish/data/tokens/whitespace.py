"""Words parted by white space."""

from collections.abc import Iterable
from dataclasses import dataclass

from .base import Tokens

__all__ = ["WHITESPACE", "WhitespaceTokens"]


@dataclass(frozen=True)
class WhitespaceTokens(Tokens):
    """Cuts at white space and joins with one space; how much white space there was is lost.

    A word ``<unk>`` in the text is the unknown symbol, as prepared corpora mean it.

    Example:
        >>> WHITESPACE.cut("  the cat  sat ")
        ['the', 'cat', 'sat']
        >>> WHITESPACE.join(["the", "cat", "sat"])
        'the cat sat'
    """

    @property
    def spec(self) -> str:
        """``whitespace``."""
        return "whitespace"

    def cut(self, text: str) -> list[str]:
        """Cut a sentence into its words."""
        return text.split()

    def join(self, tokens: Iterable[str]) -> str:
        """Write words with one space between them."""
        return " ".join(tokens)


WHITESPACE = WhitespaceTokens()
"""The default everywhere."""
