"""What the runs of the illustrative problem come to: figures, means over seeds, results.json."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ...measures import Spread, summarize
from ..judging import Claim
from .evaluation import Frame
from .problem import LEAST_LOSS, SCHEDULES, Settings
from .run_json import run_to_json
from .sequence_runs import SequenceRuns
from .training import Trajectory
from .verdicts import verdicts

__all__ = ["MEASURES", "Outcome", "TrainedRuns"]

MEASURES = ("rec", "kl", "loss", "information", "marginal_kl", "active_units")
"""What is summarised over seeds; ``loss`` is -elbo = rec + kl."""


@dataclass(frozen=True)
class TrainedRuns:
    """Runs of every schedule with the same seeds.

    Args:
        settings: How long and how.
        trajectories: The runs, schedule by schedule and seed by seed.
    """

    settings: Settings
    trajectories: tuple[Trajectory, ...]

    def of(self, schedule: str) -> list[Trajectory]:
        """Give the runs of a schedule, seed by seed."""
        return [run for run in self.trajectories if run.job.schedule == schedule]

    def frames_at(self, step: int) -> dict[str, list[Frame]]:
        """Give every schedule's evaluations after a step, seed by seed.

        Args:
            step: One of :attr:`Settings.marks`.
        """
        at = self.settings.marks.index(step)
        return {schedule: [run.frames[at] for run in self.of(schedule)] for schedule in SCHEDULES}

    def summary_at(self, step: int) -> dict[str, dict[str, Spread]]:
        """Summarise every measure of every schedule over the seeds.

        Args:
            step: One of :attr:`Settings.marks`.
        """
        at = replace(self.by_seed(), mark=step)
        return {schedule: at.spreads(schedule, MEASURES) for schedule in SCHEDULES}

    def by_seed(self) -> SequenceRuns:
        """Give the runs by schedule and seed."""
        runs = {name: {run.job.seed: run for run in self.of(name)} for name in SCHEDULES}
        return SequenceRuns(self.settings, runs)

    def claims(self) -> list[Claim]:
        """Judge what the paper shows, and what has to be so of every run."""
        return verdicts(self.by_seed())


@dataclass(frozen=True)
class Outcome(TrainedRuns):
    """All runs of a demonstration and what they were made with.

    Args:
        settings: How long and how.
        trajectories: The runs, schedule by schedule and seed by seed.
        seconds: Time that training took by the clock on the wall.
        environment: Versions, device, workers.
    """

    seconds: float
    environment: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Give what ``results.json`` holds."""
        summary: dict[str, Any] = {
            "end": _plain(self.summary_at(self.settings.steps)),
            "least_loss": LEAST_LOSS,
            "steps": self.settings.steps,
            "hold": self.settings.hold,
            "seeds": sorted({run.job.seed for run in self.trajectories}),
            "claims": [asdict(claim) for claim in self.claims()],
            "seconds": self.seconds,
        }
        if self.settings.hold:
            summary["after_hold"] = _plain(self.summary_at(self.settings.total))
        runs = [run_to_json(run, self.settings) for run in self.trajectories]
        every = [{**run, "environment": dict(self.environment)} for run in runs]
        return {"format": 1, "runs": every, "summary": summary}


def _plain(summary: Mapping[str, Mapping[str, Spread]]) -> dict[str, dict[str, Any]]:
    """Write a summary with ``elbo``, which has the sign of a bound, for ``loss``."""
    return {
        schedule: {
            ("elbo" if measure == "loss" else measure): asdict(
                _negated(spread) if measure == "loss" else spread
            )
            for measure, spread in measures.items()
        }
        for schedule, measures in summary.items()
    }


def _negated(spread: Spread) -> Spread:
    return summarize([-value for value in spread.values])
