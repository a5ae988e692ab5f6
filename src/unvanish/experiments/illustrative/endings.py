"""Whether the runs have come to rest near the smallest loss there can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .problem import LEAST_LOSS, SCHEDULES, Settings
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


def endings(runs: Mapping[str, Sequence[Trajectory]], settings: Settings) -> list[Ending]:
    """Say how every run ends.

    Args:
        runs: Trajectories by schedule, seed by seed.
        settings: What they were trained with.
    """
    return [_ending(run, settings) for name in SCHEDULES for run in runs[name]]


def _ending(run: Trajectory, settings: Settings) -> Ending:
    end, eighth = settings.steps, settings.steps // 8
    return Ending(
        name=f"{run.job.schedule} seed {run.job.seed}",
        loss=run.frames[settings.marks.index(end)].loss,
        before=float(run.loss[end - 2 * eighth : end - eighth].mean()),
        recent=float(run.loss[end - eighth : end].mean()),
    )
