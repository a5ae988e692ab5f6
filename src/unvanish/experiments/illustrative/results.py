"""What the runs of the illustrative problem come to: figures, means over seeds, results.json."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ...config import to_dict
from ...measures import Estimate, Spread, summarize
from .evaluation import Frame
from .findings import Finding, find
from .problem import LEAST_LOSS, MODEL, N_SEQUENCES, SCHEDULES, VOCABULARY, Settings, schedule_named
from .training import Trajectory

__all__ = ["MEASURES", "Outcome", "TrainedRuns", "run_to_json", "window_means"]

MEASURES = ("rec", "kl", "loss", "information", "marginal_kl", "active_units")
"""What is summarised over seeds; ``loss`` is -elbo = rec + kl."""

_TOKENS = N_SEQUENCES + 1
"""Predicted tokens of a sequence, the end symbol included."""


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
        return {
            schedule: {
                measure: summarize([_value(frame, measure) for frame in frames])
                for measure in MEASURES
            }
            for schedule, frames in self.frames_at(step).items()
        }

    def findings(self) -> list[Finding]:
        """Compare what came out with what was expected."""
        return find({schedule: self.of(schedule) for schedule in SCHEDULES}, self.settings)


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
            "findings": [asdict(finding) for finding in self.findings()],
            "seconds": self.seconds,
        }
        if self.settings.hold:
            summary["after_hold"] = _plain(self.summary_at(self.settings.total))
        runs = [run_to_json(run, self.settings) for run in self.trajectories]
        every = [{**run, "environment": dict(self.environment)} for run in runs]
        return {"format": 1, "runs": every, "summary": summary}


def run_to_json(run: Trajectory, settings: Settings, *, curves: bool = True) -> dict[str, Any]:
    """Give what results.json holds of a run; what was not recorded is ``None``.

    Args:
        run: The run.
        settings: What it was trained with.
        curves: Whether the course of training is wanted too.
    """
    job, making = run.job, run.making
    schedule = schedule_named(job.schedule, settings.steps)
    return {
        "format": 1,
        "name": f"{job.schedule}-seed{job.seed}",
        "config": {
            "schedule": schedule.to_dict(),
            "model": to_dict(MODEL),
            "optimizer": {
                "name": "adam",
                "learning_rate": settings.learning_rate,
                "gradient_clip": settings.gradient_clip,
            },
            "batch": "all sequences at every step",
            "steps": settings.steps,
            "hold": settings.hold,
        },
        "seed": job.seed,
        "corpus": {
            "name": "illustrative",
            "vocabulary": len(VOCABULARY),
            "splits": {"train": {"sentences": N_SEQUENCES, "tokens": N_SEQUENCES * _TOKENS}},
        },
        "splits": {"train": {"last": _frame_to_json(run.frames[-1])}},
        "frames": [_frame_to_json(frame) for frame in run.frames],
        **({"curves": _curves(run, settings)} if curves else {}),
        "training": {
            "steps": settings.total,
            "seconds": making and making.seconds,
            "side_by_side": making and making.side_by_side,
        },
        "environment": making and dict(making.environment),
    }


def window_means(values: Float[ndarray, " steps"], windows: int) -> Float[ndarray, " windows"]:
    """Average a curve over windows that follow each other.

    Args:
        values: One number a step.
        windows: How many windows; no more than there are steps are made.

    Example:
        >>> window_means(np.array([1.0, 3.0, 5.0, 7.0]), 2).tolist()
        [2.0, 6.0]
    """
    parts = np.array_split(values, min(windows, len(values)))
    return np.array([part.mean() for part in parts])


def _curves(run: Trajectory, settings: Settings) -> dict[str, list[float]]:
    """Give the training curves, window by window; ``step`` is the middle of a window."""
    curves = {
        "step": np.arange(len(run.rec)) + 0.5,
        "beta": run.beta,
        "rec": run.rec,
        "kl": run.kl,
        "elbo": -run.loss,
        "weighted_loss": run.weighted_loss,
    }
    return {
        name: [round(float(x), 6) for x in window_means(values, settings.windows)]
        for name, values in curves.items()
    }


def _frame_to_json(frame: Frame) -> dict[str, Any]:
    return {
        "step": frame.step,
        "rec": frame.rec,
        "kl": frame.kl,
        "elbo": -frame.loss,
        "ppl": math.exp(frame.loss / _TOKENS),
        "active_units": frame.active_units,
        "information": asdict(frame.information),
        "marginal_kl": asdict(frame.marginal_kl),
        "information_bound": frame.bound,
        "verdict": frame.verdict,
        "identified": frame.identified,
        "mean": frame.mean.tolist(),
        "logvar": frame.logvar.tolist(),
    }


def _value(frame: Frame, measure: str) -> float:
    value = getattr(frame, measure)
    return value.value if isinstance(value, Estimate) else float(value)


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
