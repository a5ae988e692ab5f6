"""What happened in a run, read from its metrics."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ..config import Config, UsageError, bound_schedule
from ..runs import Run

__all__ = ["History", "Plan", "Series", "plan_of", "read_history"]

_POINTS = 1_000
"""Most points of a schedule's curve."""


@dataclass(frozen=True)
class Series:
    """A figure over training.

    Args:
        steps: Optimizer steps done when each value was measured.
        values: The values.
    """

    steps: Float[ndarray, " points"]
    values: Float[ndarray, " points"]

    def __len__(self) -> int:
        return len(self.steps)

    def thinned(self, most: int = 1_000) -> "Series":
        """Give means over neighbours where there are more points than a picture can show.

        Args:
            most: Points that are not too many.
        """
        if len(self) <= most:
            return self
        parts = np.array_split(np.arange(len(self)), most)
        values = np.array([self.values[part].mean() for part in parts])
        return Series(np.array([self.steps[part[-1]] for part in parts]), values)


@dataclass(frozen=True)
class History:
    """The lines of a run's metrics.

    Args:
        lines: The lines, in order.
    """

    lines: Sequence[Mapping[str, Any]]

    def series(self, name: str) -> Series:
        """Give a figure over training; of what was never measured, nothing.

        Args:
            name: As in the metrics; ``train/elbo`` is made from its parts, at beta = 1.
        """
        if name == "train/elbo":
            rec, kl = self.series("train/rec"), self.series("train/kl")
            return Series(rec.steps, -(rec.values + kl.values))
        found = [(line["step"], line[name]) for line in self.lines if name in line]
        steps, values = np.array(found, dtype=np.float64).reshape(-1, 2).T
        return Series(steps, values)

    @cached_property
    def validations(self) -> list[dict[str, Any]]:
        """Figures of the validation split by their short names, an epoch each."""
        return [
            {name.removeprefix("valid/"): value for name, value in line.items()}
            for line in self.lines
            if "valid/elbo" in line
        ]

    @property
    def best(self) -> dict[str, Any]:
        """The first of the validations with the best elbo."""
        return max(self.validations, key=lambda figures: float(figures["elbo"]))

    @property
    def steps_per_epoch(self) -> int | None:
        """Optimizer steps of an epoch; ``None`` before one has ended."""
        done = self.validations[:1]
        return done[0]["step"] // done[0]["epoch"] if done else None

    @property
    def last_step(self) -> int:
        """Optimizer steps known of."""
        return int(self.lines[-1]["step"])

    @property
    def warnings(self) -> list[tuple[int, str]]:
        """Early warnings, each with its step."""
        return [(line["step"], line["warning"]) for line in self.lines if "warning" in line]

    @property
    def kl_per_dimension(self) -> Float[ndarray, "epochs latent"] | None:
        """KL of every latent dimension after each epoch; ``None`` where it has no such parts."""
        rows = [figures.get("kl_per_dimension") for figures in self.validations]
        return np.array(rows, dtype=np.float64) if rows and None not in rows else None

    def beta_at(self, step: int) -> float | None:
        """Give the last beta that was logged up to a step."""
        beta = self.series("train/beta")
        before = beta.values[beta.steps <= step]
        return float(before[-1]) if len(before) else None


def read_history(run: Run) -> History:
    """Read the metrics of a run and check them.

    Raises:
        UsageError: If they are absent, damaged, empty or those of a run that diverged.
    """
    file = run.path / "metrics.jsonl"
    try:
        history = History(run.metrics())
        if not history.lines:
            raise UsageError(f"{run.path} has logged nothing yet: train on, then report")
        _check(run, history)
        _ = [history.series(name) for name in ("train/elbo", "train/beta", "valid/elbo")]
        _ = history.kl_per_dimension, history.steps_per_epoch
    except UsageError:
        raise
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(
            f"{file} cannot be read: it is damaged; copy the run anew or train again"
        ) from error
    return history


def _check(run: Run, history: History) -> None:
    for line in history.lines:
        if not isinstance(line["step"], int):
            raise TypeError
        for name, value in line.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise UsageError(
                    f"{run.path} has diverged: {name} is {value} at step {line['step']}; train "
                    "again with a lower --learning-rate"
                )


@dataclass(frozen=True)
class Plan:
    """Beta over the whole run, as planned or, before an epoch has ended, as logged.

    Args:
        beta: Its values, each at the step that it was used in, counted from 1.
        words: The schedule in words.
        total_steps: Optimizer steps of the run, if known.
        problems: What is wrong with its end.
    """

    beta: Series
    words: str
    total_steps: int | None
    problems: Sequence[str] = ()

    @property
    def top(self) -> float:
        """The greatest beta, at least 1: what the height of a frame stands for."""
        return max(1.0, float(self.beta.values.max(initial=0.0)))


def plan_of(config: Config, history: History) -> Plan:
    """Find the schedule of a run.

    Args:
        config: Its settings.
        history: Its metrics.
    """
    epoch = history.steps_per_epoch
    if epoch is None:
        return Plan(history.series("train/beta"), config.objective.beta, None)
    total = epoch * config.training.epochs
    schedule, problems = bound_schedule(
        config.objective.beta, total_steps=total, steps_per_epoch=epoch
    )
    steps = np.unique(np.linspace(0, total - 1, min(total, _POINTS)).round())
    values = np.array([schedule(int(step)) for step in steps], dtype=np.float64)
    beta = _corners(Series(steps + 1, values))
    return Plan(beta, schedule.describe(steps=total), total, problems)


def _corners(series: Series) -> Series:
    """Leave out points that lie on the straight line between their neighbours."""
    slopes = np.diff(series.values) / np.diff(series.steps)
    bent = ~np.isclose(slopes[1:], slopes[:-1], rtol=1e-6, atol=1e-12)
    kept = np.ones(len(series), dtype=bool)
    kept[1:-1] = bent
    return Series(series.steps[kept], series.values[kept])
