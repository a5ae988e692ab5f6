"""What was measured once and is kept, beside how it was made.

A file holds both, so that figures of other counts, draws or word vectors are never taken for those
that are asked for::

    {"settings": {"samples": 500, ...}, "values": {"nll": 101.2, ...}}
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from ...config import UsageError
from ...runs import read_json, write_json
from ...training.identity import differences
from .experiment import Watcher

__all__ = ["Kept", "measure_once"]


@dataclass(frozen=True)
class Kept:
    """What was measured, in a file.

    Args:
        file: Where it is, or will be.
        settings: All that its values depend on, but for the run it is kept with, as plain values.
    """

    file: Path
    settings: Mapping[str, Any]

    @classmethod
    def found(cls, file: Path) -> Self:
        """Take what a file holds as it is, however it was made.

        Args:
            file: The file, which is there.

        Raises:
            UsageError: If it does not say how it was made.
        """
        there = cls(file, {})._read()
        if not _says_how(there):
            raise _refusal(_silent(file))
        return cls(file, there["settings"])

    @property
    def is_there(self) -> bool:
        """Whether the file holds what is asked for."""
        return self.file.is_file() and self.problem is None

    @property
    def problem(self) -> str | None:
        """Why the file that is there cannot be taken; ``None`` if it can be, or there is none."""
        if not self.file.is_file():
            return None
        there = self._read()
        if not _says_how(there):
            return _silent(self.file)
        different = differences(there["settings"], json.loads(json.dumps(self.settings)))
        if different:
            return f"{self.file} was made with other settings ({'; '.join(different)})"
        return None

    def taken(self) -> dict[str, Any] | None:
        """Read what was measured as is asked for; ``None`` if there is nothing.

        Raises:
            UsageError: If what is there was made otherwise.
        """
        problem = self.problem
        if problem is not None:
            raise _refusal(problem)
        return self.values() if self.file.is_file() else None

    def values(self) -> dict[str, Any]:
        """Read what was measured, however that was."""
        values: dict[str, Any] = self._read()["values"]
        return values

    def write(self, values: Mapping[str, Any]) -> None:
        """Write what was measured, so that the file is whole at every moment."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.file, {"settings": self.settings, "values": values})

    def _read(self) -> dict[str, Any]:
        return read_json(self.file, f"no {self.file.name}")


def _silent(file: Path) -> str:
    return f"{file} does not say how it was made"


def _refusal(problem: str) -> UsageError:
    return UsageError(f"{problem}: leave out --no-train, and it is measured again")


def _says_how(plain: Mapping[str, Any]) -> bool:
    """Tell a file from one of before settings were written down."""
    return all(isinstance(plain.get(name), dict) for name in ("settings", "values"))


def measure_once(
    kept: Kept, measure: Callable[[], Mapping[str, Any]] | None, watcher: Watcher
) -> dict[str, Any] | None:
    """Give what is kept, or measure it and keep it.

    Args:
        kept: The file and how its values are to be made.
        measure: Makes them; ``None`` where nothing is to be measured.
        watcher: Who is told why something is measured again.

    Returns:
        The values; ``None`` if there are none and nothing is to be measured.

    Raises:
        UsageError: If what is there was made otherwise and nothing is to be measured.
    """
    if measure is None:
        return kept.taken()
    if kept.problem is not None:
        watcher.tell(f"{kept.problem}: it is measured again")
    if not kept.is_there:
        kept.write(measure())
    return kept.values()
