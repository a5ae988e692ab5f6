"""An attribute of a module that follows a schedule while Lightning's Trainer fits it."""

import math
from typing import Any, Literal, get_args

from ...schedules import Schedule
from ...schedules.binding import bound_to
from ...schedules.endings import warn_caller
from ...schedules.place import Place, saved_step
from ..attribute import Attribute
from .callback import Callback
from .resumption import COUNTED, resumption_problem

__all__ = ["Interval", "KLAnnealing"]

Interval = Literal["step", "epoch", "batch"]
"""What a schedule counts: optimizer updates, epochs or training batches."""


class KLAnnealing(Callback):
    """Sets an attribute of the module to the schedule's value before every training batch.

    The loss reads it: ``loss = rec + self.beta * kl``. A schedule that has no length yet gets the
    trainer's. The place in the schedule is saved and restored with the trainer's checkpoints; a run
    that is resumed with another schedule or another length is warned, with the value before and
    now.

    Args:
        schedule: The schedule, with or without a length; the unit of its steps is ``interval``.
        attr: The module's attribute, a number or a tensor of one; dots lead to parts.
        interval: What is a step of the schedule. ``"step"`` is an optimizer update, however many
            batches it accumulates; under manual optimization, where Lightning counts the steps of
            all optimizers together, it is a training batch. Or ``"epoch"``, or ``"batch"``.
        log: Log the value under the attribute's name, to the logger and in the progress bar.
        evaluate_at: Value during validation and test, put back afterwards; 1.0 makes the
            validation loss the ELBO. By default the value of training stays.

    Raises:
        ValueError: If ``schedule`` is not a Schedule, or ``interval`` another word.
    """

    def __init__(
        self,
        schedule: Schedule,
        attr: str = "beta",
        interval: Interval = "step",
        log: bool = True,
        *,
        evaluate_at: float | None = None,
    ) -> None:
        if interval not in get_args(Interval):
            raise ValueError(f"interval must be one of {get_args(Interval)}, got {interval!r}")
        self.schedule, self.attr, self.interval = schedule, attr, interval
        self.evaluate_at = evaluate_at
        self._logs = log  # the Trainer gives every callback a method of the name log
        self.value: float | None = None
        """The value of the latest training batch; ``None`` before the first."""
        self._bound = schedule
        self._batches = Place(schedule)
        self._saved: dict[str, Any] | None = None
        self._value_of_training: float | None = None

    @property
    def state_key(self) -> str:
        """Where a checkpoint keeps the state: every attribute has its own."""
        key: str = self._generate_state_key(attr=self.attr)
        return key

    def state_dict(self) -> dict[str, Any]:
        """Return the training batches done, and the schedule of the run to compare with."""
        own = {"schedule": self._bound.to_dict(), "interval": self.interval}
        return self._batches.state_dict() | own

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue where a checkpoint was saved; the run is warned if its schedule was another.

        That is known only when the run begins, which gives the schedule its length.
        """
        self._batches = Place(self.schedule, saved_step(state_dict))
        self._saved = state_dict

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """Find the attribute, so that a missing one stops the run before it begins."""
        if stage == "fit" or (stage != "predict" and self.evaluate_at is not None):
            self._attribute = Attribute(pl_module, self.attr)
        if stage == "fit" and trainer.global_step == 0:  # a trainer that continues has more
            self._batches.last_step, self._saved = 0, None

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Give the schedule the run's length, if it has none; warn where the saved one differs."""
        counted = self._counted(pl_module)
        length = _run_length(trainer, counted)
        self._bound = bound_to(
            self.schedule,
            length,
            lambda: (
                f"the trainer does not know how many {COUNTED[counted]} it will make "
                f"({_limits(trainer, pl_module)}): give total_steps to {self.schedule!r}"
            ),
        )
        if counted == "batch" and trainer.global_step > 0 and self._batches.last_step == 0:
            warn_caller(f"the checkpoint has no state of {self.state_key}: it begins at step 0")
        self._compare_with_saved(trainer, pl_module, length)

    def on_train_batch_start(
        self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int
    ) -> None:
        """Set the attribute to the value of this batch, and log it."""
        self.value = self._bound(self._done(trainer, self._counted(pl_module)))
        self._attribute.set(self.value)
        if self._logs:
            pl_module.log(self.attr, self.value, on_step=True, on_epoch=False, prog_bar=True)

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Count the batch."""
        self._batches.step()

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        """Set the attribute to ``evaluate_at``."""
        if self.evaluate_at is not None:
            self._value_of_training = self._attribute.get()
            self._attribute.set(self.evaluate_at)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Put the value of training back."""
        if self._value_of_training is not None:
            self._attribute.set(self._value_of_training)
            self._value_of_training = None

    def on_test_start(self, trainer: Any, pl_module: Any) -> None:
        """Set the attribute to ``evaluate_at``."""
        self.on_validation_start(trainer, pl_module)

    def on_test_end(self, trainer: Any, pl_module: Any) -> None:
        """Put the value of training back."""
        self.on_validation_end(trainer, pl_module)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Put the value of training back if an evaluation was broken off."""
        self.on_validation_end(trainer, pl_module)

    def _compare_with_saved(self, trainer: Any, pl_module: Any, length: int | None) -> None:
        saved, self._saved = self._saved, None
        if saved is None:
            return
        then = self._counted(pl_module, saved.get("interval"))
        problem = resumption_problem(
            saved["schedule"],
            self._bound,
            total_steps=length,
            intervals=(then, self._counted(pl_module)),
            done=lambda interval: self._done(trainer, interval),
        )
        if problem:
            warn_caller(problem)

    def _done(self, trainer: Any, counted: str) -> int:
        done = {
            "step": trainer.global_step,
            "epoch": trainer.current_epoch,
            "batch": self._batches.last_step,
        }
        return int(done[counted])

    def _counted(self, pl_module: Any, interval: Interval | None = None) -> Interval:
        interval = interval or self.interval
        if interval == "step" and not pl_module.automatic_optimization:
            return "batch"
        return interval


def _run_length(trainer: Any, counted: Interval) -> int | None:
    """Give the length of a run in steps, epochs or batches; ``None`` where it cannot be known."""
    batches, epochs = trainer.num_training_batches, trainer.max_epochs
    if trainer.max_steps == -1 and epochs != -1 and counted != "step":
        length = epochs if counted == "epoch" else epochs * batches
        return int(length) if 0 < length < math.inf else None
    if not trainer.lightning_module.automatic_optimization:
        return None  # max_steps counts the steps of all optimizers together
    updates = trainer.estimated_stepping_batches
    if not 0 < updates < math.inf or _accumulation_changes(trainer):
        return None
    if counted == "step":
        return int(updates)
    if batches == math.inf:
        return None
    whole, rest = divmod(updates, math.ceil(batches / trainer.accumulate_grad_batches))
    if counted == "epoch":
        return int(whole + (rest > 0))
    return int(whole * batches + min(rest * trainer.accumulate_grad_batches, batches))


def _accumulation_changes(trainer: Any) -> bool:
    """Say whether batches an update differ by epoch, which Lightning's estimate leaves out."""
    return any(type(c).__name__ == "GradientAccumulationScheduler" for c in trainer.callbacks)


def _limits(trainer: Any, pl_module: Any) -> str:
    limits = f"max_epochs={trainer.max_epochs}, max_steps={trainer.max_steps}"
    if not pl_module.automatic_optimization:
        limits += " in steps of all optimizers"
    return f"{limits}, {trainer.num_training_batches} batches an epoch"
