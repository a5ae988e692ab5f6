"""What every way of cutting text can do."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

__all__ = ["Tokens"]


class Tokens(ABC):
    """A way to cut a sentence into tokens and to put tokens together again.

    The same text always gives the same tokens. A token ``<unk>`` is the unknown symbol of the
    vocabulary; every other string is data, also when it looks like a symbol.
    """

    @property
    @abstractmethod
    def spec(self) -> str:
        """The text form, as the setting ``data.tokens`` of a run holds it.

        ``callable`` where a run cannot make the tokens again from text or a file of its own.
        """

    @abstractmethod
    def cut(self, text: str) -> list[str]:
        """Cut a sentence into its tokens.

        Args:
            text: A sentence.
        """

    @abstractmethod
    def join(self, tokens: Iterable[str]) -> str:
        """Put tokens together to a sentence, as far as possible the one they were cut from.

        Args:
            tokens: Tokens of this kind.
        """

    def uncovered(self, text: str) -> int:
        """Count the characters of a sentence, white space aside, that no token stands for.

        Args:
            text: A sentence.
        """
        return 0
