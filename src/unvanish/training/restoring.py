"""Going on with a run from the state that was saved last."""

from collections.abc import Mapping
from typing import Any, Protocol

from ..config import UsageError
from ..runs import RecordFolder
from .checkpoints import Checkpoint, Checkpoints
from .processes import Processes
from .reporter import Reporter

__all__ = ["Restorable", "go_back"]


class Restorable(Protocol):
    """What trains a run and can be put into a state of it."""

    step: int
    processes: Processes
    checkpoints: Checkpoints
    reporter: Reporter

    @property
    def record(self) -> RecordFolder:
        """The run's folder."""
        ...

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a saved state."""
        ...


def go_back(trainer: Restorable, here: Mapping[str, Any]) -> None:
    """Go back to the last checkpoint, or to the beginning where there is none.

    Args:
        trainer: What trains the run.
        here: Versions and device, which are compared with those that the state was saved with.

    Raises:
        UsageError: If the checkpoint does not fit.
    """
    checkpoint = trainer.processes.by_first(trainer.checkpoints.latest)
    if checkpoint is None:
        trainer.processes.by_first(lambda: trainer.record.cut_metrics(0))
        return
    try:
        trainer.restore(checkpoint)
    except UsageError:
        raise
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"the checkpoint of step {checkpoint.step:,} does not fit this run: remove it to go "
            "on from the one before"
        ) from error
    trainer.reporter.resumed(trainer.step)
    there = checkpoint.facts["environment"]
    changed = [
        f"{name} {there.get(name)}, now {value}"
        for name, value in here.items()
        if there.get(name) != value
    ]
    if changed:
        trainer.reporter.warned(
            f"the run was begun with {'; '.join(changed)}: its numbers may differ in the last "
            "digits from those of an uninterrupted one"
        )
