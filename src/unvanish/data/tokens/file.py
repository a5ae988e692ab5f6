"""Subwords of a saved Hugging Face ``tokenizers`` file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ...config import UsageError
from ...extras import how_to_install
from ..vocabulary import SYMBOLS, UNK
from .base import Tokens

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

__all__ = ["FileTokens"]


@dataclass(frozen=True)
class FileTokens(Tokens):
    """Cuts and joins as a saved tokenizer does, without its special tokens.

    Special tokens are neither added nor found in the text: a literal ``<s>`` or ``[CLS]`` is cut
    like any other text. Truncation, padding and dropout that the file asks for are switched off.
    What the tokenizer does not know becomes ``<unk>``; what it leaves out is counted as
    uncovered. Joining is left to the file's decoder; a file without one has its tokens joined
    with spaces. Lost is what the file's normaliser changes (case, accents) and white space at
    both ends.

    Args:
        content: The file's JSON text.
        name: What errors call the file.

    Raises:
        UsageError: If the library is missing or the text is no tokenizer.
    """

    content: str = field(repr=False)
    name: str = "tokenizer.json"

    def __post_init__(self) -> None:
        _ = self._tokenizer

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a saved tokenizer.

        Args:
            path: The file that ``Tokenizer.save`` wrote.

        Raises:
            UsageError: If the file is missing or no tokenizer, or the library is missing.
        """
        try:
            content = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path} cannot be read ({error.strerror}); check the path") from None
        except UnicodeDecodeError:
            raise _no_tokenizer(str(path)) from None
        return cls(content, str(path))

    @property
    def spec(self) -> str:
        """``file``: a run keeps a copy of the file as ``tokenizer.json``."""
        return "file"

    def cut(self, text: str) -> list[str]:
        """Cut a sentence into subwords."""
        encoding = self._encode(text)
        pairs = zip(encoding.ids, encoding.tokens, strict=True)
        return [SYMBOLS[UNK] if number == self._unknown else token for number, token in pairs]

    def join(self, tokens: Iterable[str]) -> str:
        """Join subwords as the file's decoder does."""
        decoder = self._tokenizer.decoder
        joined: str = " ".join(tokens) if decoder is None else decoder.decode(list(tokens))
        return joined.strip()

    def uncovered(self, text: str) -> int:
        """Count the characters that are in no subword, white space aside."""
        if self._unknown is not None:
            return 0
        covered = {place for span in self._encode(text).offsets for place in range(*span)}
        missing = (letter for place, letter in enumerate(text) if place not in covered)
        return sum(not letter.isspace() for letter in missing)

    def _encode(self, text: str) -> Encoding:
        try:
            return self._tokenizer.encode(text, add_special_tokens=False)
        except Exception as error:  # the library raises nothing more particular
            raise UsageError(
                f"{self.name} cannot cut {text!r} ({error}); give a tokenizer that knows unknowns"
            ) from None

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        try:
            from tokenizers import Tokenizer
        except ModuleNotFoundError:
            raise UsageError(
                f"tokens of a file ({self.name}) need the tokenizers library: "
                f"{how_to_install('tokenizers')}"
            ) from None
        try:
            tokenizer = Tokenizer.from_str(self.content)
        except Exception:  # the library raises nothing more particular
            raise _no_tokenizer(self.name) from None
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True
        if hasattr(tokenizer.model, "dropout"):
            tokenizer.model.dropout = None
        return tokenizer

    @cached_property
    def _unknown(self) -> int | None:
        """The id that stands for what the tokenizer does not know."""
        model: dict[str, Any] = json.loads(self.content)["model"]
        if model.get("unk_id") is not None:
            return int(model["unk_id"])
        name = model.get("unk_token")
        return None if name is None else self._tokenizer.token_to_id(name)


def _no_tokenizer(name: str) -> UsageError:
    return UsageError(f"{name} is no saved tokenizer; give a JSON file of the tokenizers library")
