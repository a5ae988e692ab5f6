"""Runs of the ten sequences under any schedules, seed by seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..illustrative.problem import Settings
from ..illustrative.results import run_to_json
from ..illustrative.training import Job, Trajectory
from ..reproducing import BySeed, Request, Watcher
from .sequence_training import train_jobs

__all__ = ["SequenceRuns", "train_sequences"]


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
        """Give what a ``results.json`` holds of every run, but for its course."""
        return [
            run_to_json(run, self.settings, curves=False)
            for seeds in self.runs.values()
            for run in seeds.values()
        ]


def train_sequences(
    schedules: Sequence[str],
    seeds: Sequence[int],
    settings: Settings,
    request: Request,
    watcher: Watcher,
) -> SequenceRuns:
    """Train every schedule with every seed as far as that is not done yet.

    Args:
        schedules: Names or text forms.
        seeds: The seeds.
        settings: How long and how.
        request: Where and how.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If a stored run is damaged, or was trained with other settings.
    """
    jobs = [Job(schedule, seed) for seed in seeds for schedule in schedules]
    found = train_jobs(jobs, settings, request, watcher)
    runs = {
        schedule: {
            seed: found[Job(schedule, seed)] for seed in seeds if Job(schedule, seed) in found
        }
        for schedule in schedules
    }
    return SequenceRuns(settings, runs)
