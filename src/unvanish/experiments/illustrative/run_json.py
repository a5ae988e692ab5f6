"""What results.json holds of a run of the illustrative problem."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ...config import to_dict
from .evaluation import Frame
from .problem import MODEL, N_SEQUENCES, VOCABULARY, Settings, schedule_named
from .training import Trajectory

__all__ = ["run_to_json", "window_means"]

_TOKENS = N_SEQUENCES + 1
"""Predicted tokens of a sequence, the end symbol included."""


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


def run_to_json(run: Trajectory, settings: Settings, *, course: bool = True) -> dict[str, Any]:
    """Give what results.json holds of a run; what was not recorded is ``None``.

    Args:
        run: The run.
        settings: What it was trained with.
        course: Whether the course of training is wanted too, with all posteriors on the way.
    """
    job, making = run.job, run.making
    frames = [_frame_to_json(frame, posteriors=course) for frame in run.frames]
    return {
        "format": 1,
        "name": f"{job.schedule}-seed{job.seed}",
        "config": _config(job.schedule, settings),
        "seed": job.seed,
        "corpus": {
            "name": "illustrative",
            "vocabulary": len(VOCABULARY),
            "splits": {"train": {"sentences": N_SEQUENCES, "tokens": N_SEQUENCES * _TOKENS}},
        },
        "splits": {"train": {"last": _frame_to_json(run.frames[-1])}},
        "frames": frames,
        **({"curves": _curves(run, settings)} if course else {}),
        "training": {
            "steps": settings.total,
            "seconds": making and making.seconds,
            "side_by_side": making and making.side_by_side,
        },
        "environment": making and dict(making.environment),
    }


def _config(schedule: str, settings: Settings) -> dict[str, Any]:
    return {
        "schedule": schedule_named(schedule, settings.steps).to_dict(),
        "model": to_dict(MODEL),
        "optimizer": {
            "name": "adam",
            "learning_rate": settings.learning_rate,
            "gradient_clip": settings.gradient_clip,
        },
        "batch": "all sequences at every step",
        "steps": settings.steps,
        "hold": settings.hold,
    }


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


def _frame_to_json(frame: Frame, *, posteriors: bool = True) -> dict[str, Any]:
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
        **({"mean": frame.mean.tolist(), "logvar": frame.logvar.tolist()} if posteriors else {}),
    }
