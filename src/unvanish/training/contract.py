"""What ``results.json`` says of any run."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from ..config import Config, DialogConfig, to_dict
from ..runs import FORMAT
from .course import Course
from .environment import peak_memory
from .progress import Progress
from .run_state import RunState

__all__ = ["Measured", "contract", "measured"]


class Measured(Protocol):
    """The evaluation of a split."""

    def summary(self) -> dict[str, Any]:
        """Give the figures of a table."""
        ...


ModelT = TypeVar("ModelT")
SplitT = TypeVar("SplitT")
MeasuredT = TypeVar("MeasuredT", bound=Measured)


def measured(
    state: RunState,
    last: ModelT,
    best: Callable[[], ModelT],
    splits: Mapping[str, SplitT],
    evaluate: Callable[[ModelT, SplitT, Callable[[], None]], MeasuredT],
) -> Iterator[tuple[str, MeasuredT, dict[str, Any]]]:
    """Measure splits with the last parameters and with the best.

    Args:
        state: That of the run.
        last: The model with the last parameters.
        best: Gives the model with the best, where these are others.
        splits: What is measured, by name.
        evaluate: Measures one with one; it is given what it is to call between batches.

    Yields:
        The name of a split, what it is with the last parameters, and the figures of both.

    Raises:
        UsageError: If a figure is not a finite number.
    """
    progress, between = state.progress, state.stop_if_asked
    other = None if progress.last_is_best else best()
    for name, split in splits.items():
        of_last = evaluate(last, split, between)
        of_best = of_last if other is None else evaluate(other, split, between)
        for each in (of_last, of_best):
            state.require_finite(each.summary())
        number = {progress.unit: progress.best_round}
        yield name, of_last, {"last": of_last.summary(), "best": {**of_best.summary(), **number}}


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
