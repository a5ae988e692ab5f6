"""Matches of a regular expression, such as the atoms and bonds of a SMILES string."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ...config import UsageError
from ..vocabulary import SYMBOLS, UNK
from .base import Tokens

__all__ = ["RegexTokens"]


@dataclass(frozen=True)
class RegexTokens(Tokens):
    r"""Takes every match of a pattern as a token and joins without spaces.

    Text between matches is not dropped: each stretch of it becomes one ``<unk>``, and its
    characters are counted as uncovered. White space between matches is lost, unless the pattern
    matches it; everything else that is covered comes back as it was.

    Args:
        pattern: A regular expression of Python's ``re``; what its groups hold does not matter.

    Raises:
        UsageError: If the pattern is not valid or matches the empty text.

    Example:
        >>> smiles = RegexTokens(r"\[[^]]+\]|Br|Cl|[A-Za-z]|[0-9()=#+-]")
        >>> smiles.cut("CC(=O)Cl")
        ['C', 'C', '(', '=', 'O', ')', 'Cl']
        >>> smiles.cut("C*C"), smiles.uncovered("C*C")
        (['C', '<unk>', 'C'], 1)
    """

    pattern: str

    def __post_init__(self) -> None:
        try:
            self._compiled.match("")
        except (re.error, OverflowError, RecursionError) as error:
            raise UsageError(
                f"tokens {self.spec!r} are not possible: the pattern is not valid ({error}); "
                "correct it"
            ) from None
        if self._compiled.match(""):
            raise self._empty()

    @property
    def spec(self) -> str:
        """``regex:PATTERN``."""
        return f"regex:{self.pattern}"

    def cut(self, text: str) -> list[str]:
        """Cut a sentence into the matches, and ``<unk>`` for what is between them."""
        return [
            SYMBOLS[UNK] if between else piece
            for piece, between in self._pieces(text)
            if not between or not piece.isspace()
        ]

    def join(self, tokens: Iterable[str]) -> str:
        """Write tokens one after the other."""
        return "".join(tokens)

    def uncovered(self, text: str) -> int:
        """Count the characters between matches that are not white space."""
        between = (piece for piece, between in self._pieces(text) if between)
        return sum(not character.isspace() for piece in between for character in piece)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def _pieces(self, text: str) -> Iterator[tuple[str, bool]]:
        """Give matches and what is between them in order, the latter marked by true."""
        end = 0
        for match in self._compiled.finditer(text):
            if match.start() == match.end():
                raise self._empty()
            if match.start() > end:
                yield text[end : match.start()], True
            yield match.group(), False
            end = match.end()
        if end < len(text):
            yield text[end:], True

    def _empty(self) -> UsageError:
        return UsageError(
            f"tokens {self.spec!r} are not possible: the pattern matches the empty text; "
            "let every match have a character (+ instead of *)"
        )
