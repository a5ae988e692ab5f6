"""What a corpus is to be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from .encoding import Cutting
from .reading import Source
from .splits import SPLITS, SplitName
from .vocabulary import Vocabulary, require_limits

__all__ = ["CorpusPlan", "short_name"]

_CARVED = 0.1


@dataclass(frozen=True)
class CorpusPlan:
    """Where the sentences of the splits come from, and how they become ids.

    Args:
        sources: Of each split; one that has none is carved from train.
        cutting: How sentences become words.
        vocabulary: The words; ``None`` collects those of train.
        max_vocabulary: How many of them to keep.
        min_count: How often each must be there.

    Raises:
        UsageError: If a limit of the vocabulary is below 1.
    """

    sources: Mapping[SplitName, Source]
    cutting: Cutting
    vocabulary: Vocabulary | None = None
    max_vocabulary: int | None = None
    min_count: int = 1

    def __post_init__(self) -> None:
        require_limits(self.max_vocabulary, self.min_count)

    @property
    def shares(self) -> dict[SplitName, float]:
        """The shares of train that become validation and test."""
        return {name: 0.0 if name in self.sources else _CARVED for name in SPLITS[1:]}

    def name(self, split: SplitName) -> str:
        """Give what errors call the sentences of a split."""
        return f"{short_name(self.sources.get(split, self.sources['train']))} ({split})"


def short_name(source: Source) -> str:
    """Shorten a path to its file and folder, which say enough in a table.

    Args:
        source: A path or sentences.
    """
    if not isinstance(source, str | PathLike):
        return "sentences"
    path = Path(source)
    return path.name if path.parent.name in ("", "..") else f"{path.parent.name}/{path.name}"
