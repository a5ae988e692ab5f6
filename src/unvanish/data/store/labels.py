"""Labels of many sentences as small numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Int32

__all__ = ["CodedLabels"]

_AT_ONCE = 65_536


class CodedLabels(Sequence[str | None]):
    """The labels of the sentences of a corpus, read like a tuple.

    Args:
        codes: For each sentence the place of its label in ``names``, or -1.
        names: The different labels.

    Example:
        >>> labels = CodedLabels(np.array([1, -1, 0], dtype=np.int32), ["bad", "good"])
        >>> list(labels), labels[0]
        (['good', None, 'bad'], 'good')
    """

    def __init__(self, codes: Int32[np.ndarray, " sentences"], names: Sequence[str]) -> None:
        self.codes = codes
        self._names: tuple[str | None, ...] = (*names, None)

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> str | None: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str | None]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str | None] | None:
        if isinstance(index, slice):
            return tuple(self._names[code] for code in self.codes[index].tolist())
        return self._names[int(self.codes[index])]

    def __iter__(self) -> Iterator[str | None]:
        for first in range(0, len(self.codes), _AT_ONCE):
            yield from self[first : first + _AT_ONCE]
