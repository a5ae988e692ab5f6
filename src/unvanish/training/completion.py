"""From the last saved state of a run to its results."""

from collections.abc import Callable, Mapping
from typing import Any

from .loop import Trainer
from .reporter import Plan
from .restoring import go_back

__all__ = ["complete"]


def complete(trainer: Trainer[Any], plan: Plan, measure: Callable[[], Mapping[str, Any]]) -> None:
    """Train to the end, measure, and write what was measured.

    Args:
        trainer: What trains the run.
        plan: What is told of the run.
        measure: Gives what ``results.json`` is to say; only the first process calls it.

    Raises:
        UsageError: If the last checkpoint does not fit, or the run diverges.
        TrainingStopped: If SIGINT or SIGTERM came; the state is saved.
        ProcessLostError: If another process has gone.
    """
    course, reporter = trainer.course, trainer.reporter
    go_back(trainer.state, reporter)
    for problem in course.problems:
        reporter.warned(problem)
    reporter.started(plan)
    try:
        trainer.train()
        trainer.processes.by_first(lambda: trainer.run.write_json("results.json", measure()))
    finally:
        reporter.finished()
