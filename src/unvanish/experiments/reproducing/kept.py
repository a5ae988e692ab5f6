"""What was measured once and is kept, beside how it was made.

A file holds both, so that figures of other counts, draws or word vectors are never taken for those
that are asked for::

    {"settings": {"samples": 500, ...}, "values": {"nll": 101.2, ...}}
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from ...config import UsageError
from ...runs import Run, read_json, write_json
from ...training.identity import differences
from .experiment import Request, Watcher
from .text_runs import TextRuns

__all__ = ["Kept", "measure_once", "measure_runs_once"]


@dataclass(frozen=True)
class Kept:
    """A measurement in a file.

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

    def values(self) -> dict[str, Any]:
        """Read what was measured."""
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
    measurement: Kept, measure: Callable[[], Mapping[str, Any]] | None, watcher: Watcher
) -> dict[str, Any] | None:
    """Give what is kept, or measure it and keep it.

    Args:
        measurement: The file and how its values are to be made.
        measure: Makes them; ``None`` where nothing is to be measured.
        watcher: Who is told why something is measured again.

    Returns:
        The values; ``None`` if there are none and nothing is to be measured.

    Raises:
        UsageError: If what is there was made otherwise and nothing is to be measured.
    """
    problem = measurement.problem
    if problem is not None:
        if measure is None:
            raise _refusal(problem)
        watcher.tell(f"{problem}: it is measured again")
    if problem is not None or not measurement.file.is_file():
        if measure is None:
            return None
        measurement.write(measure())
    return measurement.values()


def measure_runs_once(
    found: TextRuns,
    name: str,
    settings: Mapping[str, Any],
    measure: Callable[[Run, Callable[[int], None]], Mapping[str, Any]],
    request: Request,
    watcher: Watcher,
    *,
    title: str,
    steps: int = 1,
) -> dict[str, dict[int, dict[str, Any]]]:
    """Measure every run, each in a file of its folder; what is known is not made again.

    Args:
        found: The runs.
        name: Name of the file.
        settings: How the values are made.
        measure: Makes those of a run; it calls its second argument with the steps done.
        request: If nothing is to be trained, only what is known is given.
        watcher: Who is shown how it gets on.
        title: What is measured, before "of 3 runs".
        steps: Of a run.

    Returns:
        The values by cell and seed; what is not known is absent.

    Raises:
        UsageError: If what is there was made otherwise and nothing is to be measured.
    """
    places = {
        (cell, seed): (run, Kept(run.path / name, settings))
        for cell, runs in found.runs.items()
        for seed, run in runs.items()
    }
    left = [place for place, (_, each) in places.items() if not each.is_there]
    if left and request.train:
        with watcher.bar(f"{title} of {len(left)} runs", len(left) * steps) as progress:
            for k, place in enumerate(left):
                run, measurement = places[place]
                tell = _after(k * steps, progress)
                measure_once(measurement, partial(measure, run, tell), watcher)
                tell(steps)
    values: dict[str, dict[int, dict[str, Any]]] = {cell: {} for cell in found.runs}
    for (cell, seed), (_, measurement) in places.items():
        read = measure_once(measurement, None, watcher)
        if read is not None:
            values[cell][seed] = read
    return values


def _after(before: int, progress: Callable[[int], None]) -> Callable[[int], None]:
    return lambda done: progress(before + done)
