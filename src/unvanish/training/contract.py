"""What ``results.json`` says of any run."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ..config import Config, DialogConfig, to_dict
from ..runs import FORMAT
from .course import Course
from .environment import peak_memory
from .progress import Progress
from .run_state import RunState

__all__ = ["Measured", "contract", "last_and_best"]


class Measured(Protocol):
    """The evaluation of a split."""

    def summary(self) -> dict[str, Any]:
        """Give the figures of a table."""
        ...


def last_and_best(state: RunState, last: Measured, best: Callable[[], Measured]) -> dict[str, Any]:
    """Put the figures of the last parameters beside those of the best.

    Args:
        state: That of the run.
        last: What a split is with the last parameters.
        best: Measures the same with the best, where these are others.

    Raises:
        UsageError: If a figure is not a finite number.
    """
    progress = state.progress
    of_best = last if progress.last_is_best else best()
    for each in (last, of_best):
        state.require_finite(each.summary())
    number = {progress.unit: progress.best_round}
    return {"last": last.summary(), "best": {**of_best.summary(), **number}}


def contract(
    config: Config | DialogConfig,
    course: Course,
    progress: Progress,
    *,
    corpus: Mapping[str, Any],
    splits: Mapping[str, Any],
    **more: Any,
) -> dict[str, Any]:
    """Put the contract of ``results.json`` together.

    Args:
        config: Every setting.
        course: How the run was to go.
        progress: How it went.
        corpus: What is known of the text.
        splits: What was measured.
        more: What only some runs have.
    """
    return {
        "format": FORMAT,
        "name": course.name,
        "config": to_dict(config),
        "seed": config.seed,
        "corpus": dict(corpus),
        "splits": dict(splits),
        **more,
        "training": {
            **progress.summary(),
            "peak_memory_mb": peak_memory(course.place.device),
        },
        "environment": dict(course.place.environment),
    }
