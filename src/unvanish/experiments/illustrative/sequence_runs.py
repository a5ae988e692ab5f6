"""Runs of the ten sequences under any schedules, seed by seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..judging import BySeed
from .problem import Settings
from .run_json import run_to_json
from .training import Trajectory

__all__ = ["SequenceRuns"]


@dataclass(frozen=True)
class SequenceRuns(BySeed):
    """The finished runs of some schedules.

    Args:
        settings: What they were trained with.
        runs: By schedule and seed; what has not ended is absent.
        mark: After how many steps their figures are taken, one of ``settings.marks``; ``None`` is
            at the end.
    """

    settings: Settings
    runs: Mapping[str, Mapping[int, Trajectory]]
    mark: int | None = None

    def values(self, schedule: str, figure: str) -> dict[int, float]:
        """Give a figure by seed; of an estimate its value."""
        place = -1 if self.mark is None else self.settings.marks.index(self.mark)
        frames = {seed: run.frames[place] for seed, run in self.runs[schedule].items()}
        read = {seed: getattr(frame, figure) for seed, frame in frames.items()}
        return {seed: float(getattr(value, "value", value)) for seed, value in read.items()}

    def results(self) -> list[dict[str, Any]]:
        """Give what a ``results.json`` holds of every run, but for its course.

        The course, and all posteriors on the way, are in the file of the run itself.
        """
        return [
            run_to_json(run, self.settings, course=False)
            for seeds in self.runs.values()
            for run in seeds.values()
        ]
