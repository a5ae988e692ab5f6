"""Whether the runs have come to rest near the smallest loss there can be."""

from dataclasses import dataclass

from .problem import LEAST_LOSS, Settings
from .sequence_runs import SequenceRuns
from .training import Trajectory

__all__ = ["NEAR", "Ending", "endings"]

NEAR = 0.1
"""Nats from ln 10 that still count as near; the paper's curves end within 0.05."""

_FALL = 0.03
"""Nats between two eighths of a run that count as falling; noise makes 0.01 of 1,000 steps."""


@dataclass(frozen=True)
class Ending:
    """How a run ends; losses are negative elbos in nats.

    Args:
        name: Schedule and seed.
        loss: Evaluated after the last step of the schedules.
        before: Mean of the training steps in the last eighth of the schedules but one.
        recent: Mean of the training steps in the last eighth; beta is 1 in all of it.
    """

    name: str
    loss: float
    before: float
    recent: float

    @property
    def near(self) -> bool:
        """Whether the run ends where every run can end."""
        return abs(self.loss - LEAST_LOSS) <= NEAR

    @property
    def passing(self) -> bool:
        """Whether only the last step is far off, and those before it are not."""
        return not self.near and abs(self.recent - LEAST_LOSS) <= NEAR

    @property
    def falling(self) -> bool:
        """Whether the run was too short to tell where it would end."""
        return not self.near and not self.passing and self.before - self.recent > _FALL


def endings(runs: SequenceRuns) -> list[Ending]:
    """Say how every run ends.

    Args:
        runs: The runs.
    """
    return [
        _ending(run, runs.settings) for by_seed in runs.runs.values() for run in by_seed.values()
    ]


def _ending(run: Trajectory, settings: Settings) -> Ending:
    end, eighth = settings.steps, settings.steps // 8
    return Ending(
        name=f"{run.job.schedule} seed {run.job.seed}",
        loss=run.frames[settings.marks.index(end)].loss,
        before=float(run.loss[end - 2 * eighth : end - eighth].mean()),
        recent=float(run.loss[end - eighth : end].mean()),
    )
