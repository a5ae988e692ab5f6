"""What a store is asked for, and where such a one stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...whole_files import whole_file
from ..plan import CorpusPlan
from ..splits import SplitName
from ..vocabulary import Vocabulary
from .files import TextFile
from .folder import DamagedStoreError, StoredSplits, cannot_be_read, open_store
from .key import text_key, vocabulary_key
from .progress import logger

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """A corpus of files.

    Args:
        plan: The corpus.
        files: The file of each split that has one.
        cache: The folder of all stores.
    """

    plan: CorpusPlan
    files: Mapping[SplitName, TextFile]
    cache: Path

    @cached_property
    def folder(self) -> Path:
        """Where the stores of this text are, one for each vocabulary."""
        return self.cache / text_key(self.files, self.plan)

    def find(self, *, warn: bool = False) -> StoredSplits | None:
        """Open the store that is asked for, if it is there and whole.

        Args:
            warn: Whether to say that a damaged one is going to be built again.

        Raises:
            UsageError: If the system does not let it be read.
        """
        place = self._place()
        if place is None:
            return None
        try:
            return open_store(place)
        except FileNotFoundError:
            return None
        except DamagedStoreError as damage:
            if warn:
                logger.warning("%s is damaged (%s): it is built again", place, damage)
            return None

    def remember(self, vocabulary: Vocabulary) -> None:
        """Note which vocabulary the limits have given.

        Args:
            vocabulary: The one that was collected.
        """
        with whole_file(self._limits) as partial:
            partial.write_text(json.dumps(vocabulary_key(vocabulary)), encoding="utf-8")

    @property
    def _limits(self) -> Path:
        """Where it stands which vocabulary the limits give."""
        return self.folder / f"words-{self.plan.max_vocabulary or 'all'}-{self.plan.min_count}.json"

    def _place(self) -> Path | None:
        """Give the folder of the store, if it is known which one it is."""
        if self.plan.vocabulary is not None:
            return self.folder / vocabulary_key(self.plan.vocabulary)
        try:
            name = json.loads(self._limits.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        except OSError as error:
            raise cannot_be_read(self._limits, error) from error
        return self.folder / name if isinstance(name, str) and name else None
