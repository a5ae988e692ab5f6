"""A function of one's own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...config import UsageError
from .base import Tokens

__all__ = ["FunctionTokens"]


@dataclass(frozen=True)
class FunctionTokens(Tokens):
    """Cuts with a function and joins with spaces or with another function.

    A run cannot store a function: whoever opens the run gives it again.

    Args:
        function: From a sentence to its tokens; the same text must always give the same tokens.
        joiner: From tokens to a sentence; ``None`` writes them with one space between them.

    Example:
        >>> tokens = FunctionTokens(lambda text: text.split("-"), "-".join)
        >>> tokens.join(tokens.cut("well-known"))
        'well-known'
    """

    function: Callable[[str], Iterable[str]]
    joiner: Callable[[list[str]], str] | None = None

    @property
    def spec(self) -> str:
        """``callable``."""
        return "callable"

    def cut(self, text: str) -> list[str]:
        """Cut a sentence as the function does.

        Raises:
            UsageError: If the function gives something else than strings.
        """
        given = self.function(text)
        tokens = list(given) if isinstance(given, Iterable) else [given]
        if isinstance(given, str | bytes) or not all(isinstance(token, str) for token in tokens):
            raise UsageError(
                f"the tokens function gave {given!r} for {text!r}; let it give a list of strings"
            )
        return tokens

    def join(self, tokens: Iterable[str]) -> str:
        """Join as the joiner does, or with one space."""
        return " ".join(tokens) if self.joiner is None else self.joiner(list(tokens))
