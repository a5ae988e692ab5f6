"""Single characters."""

from collections.abc import Iterable
from dataclasses import dataclass

from .base import Tokens

__all__ = ["CharacterTokens"]


@dataclass(frozen=True)
class CharacterTokens(Tokens):
    """Takes every character (code point), spaces too, as a token; nothing is lost.

    Example:
        >>> CharacterTokens().cut("a cat")
        ['a', ' ', 'c', 'a', 't']
    """

    @property
    def spec(self) -> str:
        """``characters``."""
        return "characters"

    def cut(self, text: str) -> list[str]:
        """Cut a sentence into its characters."""
        return list(text)

    def join(self, tokens: Iterable[str]) -> str:
        """Write characters one after the other."""
        return "".join(tokens)
