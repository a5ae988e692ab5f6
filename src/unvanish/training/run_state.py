"""The whole state of a run: gathered, saved, put back, and saved once more before the run ends."""

from collections.abc import Mapping
from typing import Any

import torch

from ..runs import RecordFolder
from .checkpoints import Checkpoint, Checkpoints
from .course import Course
from .divergence import divergence, not_finite
from .interruption import Interruption
from .parts import Updating, Validating
from .processes import Processes
from .progress import Progress
from .running_means import RunningMeans
from .state import (
    all_finite,
    optimizer_state,
    prefixed,
    randomness,
    restore_optimizer,
    restore_randomness,
    under,
)

__all__ = ["RunState"]


class RunState:
    """What the next steps of a run depend on, and how it is kept.

    Args:
        course: How the run goes; its place goes with the state.
        updates: The model, the objective and the optimizer, whose states are kept.
        validation: Remembers earlier rounds.
        run: Where metrics and checkpoints are.
        identity: What the run is; a checkpoint of another one is refused.
        interruption: Notes the signals that ask to end, and is entered.
        processes: Who trains with this one; the first alone writes.
        is_source: Whether other runs can start from the parameters of this one.

    Attributes:
        progress: How far the run has come.
        window: What has been seen since the last line of the metrics.
        checkpoints: Where the state goes.
    """

    def __init__(
        self,
        course: Course,
        updates: Updating[Any],
        validation: Validating,
        *,
        run: RecordFolder,
        identity: str,
        interruption: Interruption,
        processes: Processes | None = None,
        is_source: bool = False,
    ) -> None:
        self.run, self.place, self.interruption = run, course.place, interruption
        self.processes = processes or Processes()
        self.progress, self.window = Progress(course.timetable.unit), RunningMeans()
        self.checkpoints = Checkpoints(run.path / "checkpoints", identity)
        self._updates, self._validation, self._is_source = updates, validation, is_source

    def save(self) -> int:
        """Write the whole state, unless it is no longer good; give its step.

        Raises:
            UsageError: If a parameter is not a finite number, or the state cannot be written.
        """
        self.require_finite_parameters()
        step = self.progress.step
        with self.interruption.held():
            self.run.sync_metrics()
            self.checkpoints.save(Checkpoint(step, self._tensors(), self._facts()))
        return step

    def _tensors(self) -> dict[str, torch.Tensor]:
        """Give what of the state is tensors."""
        return {
            **prefixed("model", self._updates.model.state_dict()),
            **prefixed("objective", self._updates.objective.state_dict()),
            **prefixed("optimizer", optimizer_state(self._updates.optimizer)),
            **prefixed("random", randomness(self.place.device)),
            **prefixed("window", self.window.tensors()),
        }

    def _facts(self) -> dict[str, Any]:
        """Give the rest of the state, as JSON has it."""
        return {
            **self.progress.facts(),
            **self._validation.state(),
            "window": self.window.facts(),
            "metrics_size": self.run.metrics_size,
            "environment": dict(self.place.environment),
        }

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a saved state; what the metrics say of later steps is cut off.

        Args:
            checkpoint: A checkpoint of this run.
        """
        tensors, facts = checkpoint.tensors, checkpoint.facts
        self._updates.model.load_state_dict(under("model", tensors))
        self._updates.objective.load_state_dict(under("objective", tensors))
        restore_optimizer(self._updates.optimizer, under("optimizer", tensors))
        restore_randomness(self.place.device, under("random", tensors))
        window = {
            name: value.to(self.place.device) for name, value in under("window", tensors).items()
        }
        if self.processes.first:
            self.window.restore(window, facts["window"])
        self.progress.restore(checkpoint.step, facts)
        self._validation.restore(facts)
        self.processes.on_rank_zero(lambda: self.run.cut_metrics(facts["metrics_size"]))

    @property
    def is_asked(self) -> bool:
        """Whether this process was asked to end."""
        return self.interruption.signal_number is not None

    def stop_together(self, asked: bool) -> None:
        """Save the state and end after a step if one of the processes was asked to.

        Args:
            asked: Whether one was, as all know.

        Raises:
            TrainingStopped: If one was.
        """
        if self.processes.count > 1:
            if not asked:
                return  # whoever was asked since then says so at the next step
            numbers = self.processes.gather(self.interruption.signal_number)
            self.interruption.signal_number = next(number for number in numbers if number)
            self.window.collect(self.processes)
        self.processes.on_rank_zero(self.stop_if_asked)

    def stop_if_asked(self) -> None:
        """Save the state and end, if a signal came; between steps, only the first process does.

        Raises:
            TrainingStopped: If it did.
        """
        self.interruption.answer(self.save)

    def require_finite(self, figures: Mapping[str, Any]) -> None:
        """Stop a run that has diverged, before its figures and parameters are written.

        Args:
            figures: Figures by name; lists are left to the sums that they belong to.

        Raises:
            UsageError: If a figure is not a finite number.
        """
        self._end_if(not_finite(figures))

    def require_finite_parameters(self) -> None:
        """Stop a run that has diverged, before its parameters are written.

        Raises:
            UsageError: If a parameter of the model is not a finite number.
        """
        finite = all_finite(self._updates.model)
        self._end_if(None if finite else "a parameter is not a finite number")

    def _end_if(self, diverged: str | None) -> None:
        if diverged is not None:
            raise divergence(
                diverged,
                step=self.progress.step,
                kept=self.checkpoints.last_step,
                run=self.run.path if self._is_source and self.progress.rounds else None,
            )
