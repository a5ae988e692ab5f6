"""Words and their ids."""

from __future__ import annotations

import json
import operator
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Self, SupportsIndex

from ..config import UsageError

__all__ = ["BOS", "EOS", "PAD", "SYMBOLS", "UNK", "Vocabulary", "require_limits"]

PAD, UNK, BOS, EOS = range(4)
SYMBOLS = ("<pad>", "<unk>", "<s>", "</s>")
"""How the four symbols are shown, in the order of their ids."""

_FORMAT = 1


@dataclass(frozen=True)
class Vocabulary:
    """Words numbered from 4; ids 0 to 3 are padding, unknown, begin and end of a sentence.

    The word ``<unk>`` is the symbol of that name, as prepared corpora mean it and as tokens
    write what they do not know. Words that look like the other symbols (``<s>``, ``</s>``,
    ``<pad>``) are words like all others.

    Args:
        words: Different words, in the order of their ids.

    Raises:
        UsageError: If a word is there twice, is ``<unk>``, or is not a string.

    Example:
        >>> vocabulary = Vocabulary(("cat", "sat"))
        >>> vocabulary.encode(["cat", "ran"])
        [2, 4, 1, 3]
        >>> vocabulary.decode([2, 4, 1, 3])
        ['cat', '<unk>']
    """

    words: tuple[str, ...] = field(repr=False)
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not all(isinstance(word, str) for word in self.words):
            raise UsageError("a vocabulary holds a word that is not a string; give strings")
        ids = {word: number for number, word in enumerate(self.words, start=len(SYMBOLS))}
        if len(ids) != len(self.words):
            raise UsageError("a vocabulary holds a word twice; give every word once")
        if SYMBOLS[UNK] in ids:
            raise UsageError("a vocabulary lists '<unk>', which is a symbol; leave it out")
        object.__setattr__(self, "_ids", ids | {SYMBOLS[UNK]: UNK})

    @classmethod
    def build(
        cls,
        sentences: Iterable[Iterable[str]],
        max_size: int | None = None,
        min_count: int = 1,
    ) -> Self:
        """Collect the words of tokenised sentences, the most frequent first.

        Words that are equally frequent stand in the order of their characters, so the order of
        the sentences does not matter.

        Args:
            sentences: Tokens of every sentence.
            max_size: Keep this many of the most frequent words, the four symbols not counted;
                ``None`` keeps all.
            min_count: Keep words seen at least this often.

        Raises:
            UsageError: If a limit is below 1 or no word is left.

        Example:
            >>> Vocabulary.build([["b", "a"], ["c", "b"]], max_size=2).words
            ('b', 'a')
        """
        counts = Counter(token for tokens in sentences for token in tokens)
        return cls.of_counts(counts, max_size, min_count)

    @classmethod
    def of_counts(
        cls, counts: Mapping[str, int], max_size: int | None = None, min_count: int = 1
    ) -> Self:
        """Collect words that have been counted, the most frequent first, as ``build`` does.

        Args:
            counts: How often each word was seen, at least once.
            max_size: Keep this many of the most frequent words, the four symbols not counted;
                ``None`` keeps all.
            min_count: Keep words seen at least this often.

        Raises:
            UsageError: If a limit is below 1 or no word is left.

        Example:
            >>> Vocabulary.of_counts({"a": 1, "b": 2, "<unk>": 9}).words
            ('b', 'a')
        """
        require_limits(max_size, min_count)
        unknown = SYMBOLS[UNK]
        frequent = [
            (-count, word)
            for word, count in counts.items()
            if count >= min_count and word != unknown
        ]
        if len(counts) == (unknown in counts):
            raise UsageError(
                "every word is '<unk>'; give text with known words, or tokens that match it"
            )
        if not frequent:
            raise UsageError(
                f"no word occurs at least {min_count} times; lower min_count or give more text"
            )
        return cls(tuple(word for _, word in sorted(frequent)[:max_size]))

    def __len__(self) -> int:
        """Count the ids: words and the four symbols."""
        return len(SYMBOLS) + len(self.words)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} entries)"

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Write a sentence as ids: BOS, one id per word, EOS.

        Args:
            tokens: The words; those the vocabulary does not know become UNK.
        """
        find = self._ids.get
        return [BOS, *[find(token, UNK) for token in tokens], EOS]

    def decode(self, ids: Iterable[SupportsIndex]) -> list[str]:
        """Read ids as words up to the first EOS; padding and BOS are left out.

        Args:
            ids: Ids below ``len(self)``, such as a row of a batch.

        Raises:
            UsageError: If an id is out of range.
        """
        words = []
        for number in map(operator.index, ids):
            if not 0 <= number < len(self):
                raise UsageError(
                    f"id {number} is not in a vocabulary of {len(self)}; give the one it is from"
                )
            if number == EOS:
                break
            if number == UNK:
                words.append(SYMBOLS[UNK])
            elif number >= len(SYMBOLS):
                words.append(self.words[number - len(SYMBOLS)])
        return words

    def to_dict(self) -> dict[str, Any]:
        """Write the vocabulary as plain values for JSON."""
        return {"format": _FORMAT, "symbols": list(SYMBOLS), "words": list(self.words)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make a vocabulary from what ``to_dict`` gave.

        Args:
            values: Fields ``format``, ``symbols`` and ``words``.

        Raises:
            UsageError: If the values are no vocabulary or of a format not known here.

        Example:
            >>> vocabulary = Vocabulary(("cat",))
            >>> Vocabulary.from_dict(vocabulary.to_dict()) == vocabulary
            True
        """
        if not isinstance(values, Mapping) or not {"format", "symbols", "words"} <= set(values):
            raise UsageError("this is no vocabulary; give one that unvanish saved")
        if values["format"] != _FORMAT:
            raise UsageError(
                f"vocabulary format {values['format']!r} is not known; this version of unvanish "
                f"reads format {_FORMAT}"
            )
        if values["symbols"] != list(SYMBOLS) or not isinstance(values["words"], list):
            raise UsageError("the vocabulary is damaged; give one that unvanish saved")
        return cls(tuple(values["words"]))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the vocabulary to a JSON file.

        Args:
            path: The file, replaced if it exists.
        """
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=0)
        Path(path).write_text(text + "\n", encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a vocabulary from the file ``save`` wrote.

        Args:
            path: The file.

        Raises:
            UsageError: If the file is missing, damaged or something else.
        """
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(f"{path} cannot be read ({error.strerror}); check the path") from None
        except (ValueError, RecursionError):
            raise UsageError(f"{path} is not valid JSON; give a saved vocabulary") from None
        try:
            return cls.from_dict(values)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from None


def require_limits(max_size: int | None, min_count: int) -> None:
    """Refuse limits that leave no word.

    Args:
        max_size: Words to keep; ``None`` keeps all.
        min_count: How often each must have been seen.

    Raises:
        UsageError: If one of them is below 1.
    """
    if max_size is not None and max_size < 1:
        raise UsageError(f"a vocabulary of {max_size} words is not possible: give at least 1")
    if min_count < 1:
        raise UsageError(f"min_count={min_count} is not possible: give at least 1")
