"""Schedules as a callback of the Trainer of transformers."""

import json
from typing import Any, Self

from transformers import TrainerCallback
from transformers.modeling_utils import unwrap_model

from ..schedules import Schedule
from ..schedules.differences import difference, is_same_from
from ..schedules.endings import warn_caller
from ..schedules.schedule import check_schedule
from .attribute import Attribute

__all__ = ["KLAnnealingCallback"]


class KLAnnealingCallback(TrainerCallback):
    """Sets an attribute of the model to the schedule's value before every update.

    The loss reads it: ``loss = rec + self.beta * kl``. A schedule that has no length yet gets the
    trainer's. The Trainer counts optimizer updates, however many batches each accumulates, and
    restores that count from a checkpoint; so this callback needs no state to resume. The schedule
    is saved with the Trainer's state all the same, and a run that is resumed with another schedule
    or another length is warned, with the value before and now.

    Give it to the Trainer by :meth:`attach`. In ``Trainer(callbacks=[...])`` it works as well, but
    there the reporters (TensorBoard, Weights & Biases) run before it, and do not see the value.

    The Trainer tells of an evaluation only when it is over, so the model itself has to take 1 as
    the weight there: ``beta = self.beta if self.training else 1.0``.

    Args:
        schedule: The schedule, with or without a length in optimizer updates.
        attr: The model's attribute, a number or a tensor of one; dots lead to parts.
        log: Add the value to what the Trainer logs of training, under the attribute's name.

    Raises:
        ValueError: If ``schedule`` is not a Schedule.
    """

    def __init__(self, schedule: Schedule, attr: str = "beta", log: bool = True) -> None:
        self.schedule, self.attr, self.log = check_schedule("schedule", schedule), attr, log
        self._bound = schedule
        self.value: float | None = None
        """The value of the latest update; ``None`` before the first."""

    def attach(self, trainer: Any) -> Self:
        """Put this callback before all others of a Trainer, so that they see the value too.

        Args:
            trainer: The Trainer; if it has this callback already, it is only moved.
        """
        callbacks = trainer.callback_handler.callbacks
        if self in callbacks:
            callbacks.remove(self)
        callbacks.insert(0, self)
        return self

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Find the attribute, and give the schedule the run's length; warn where it differs."""
        self._attribute = Attribute(unwrap_model(kwargs["model"]), self.attr)
        self._bound = self.schedule.bind(state.max_steps)
        self._compare_with_saved(state)

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Set the attribute to the value of this update."""
        self.value = self._bound(state.global_step)
        self._attribute.set(self.value)

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any], **kwargs: Any
    ) -> None:
        """Add the value of the latest update to the log of training and its history."""
        # Evaluations and the summary at the end are logged too; only a log of training has a loss.
        if self.log and "loss" in logs:
            # The Trainer has put a copy into the history before it calls any callback.
            logs[self.attr] = state.log_history[-1][self.attr] = self.value

    def _compare_with_saved(self, state: Any) -> None:
        """Keep the schedule where the Trainer saves what callbacks remember, and read it there.

        This class is no ``ExportableState``: these the Trainer replaces by new objects, made from
        what was saved, and it cannot go on from a checkpoint that was saved without them.
        """
        key = f"{type(self).__name__}({self.attr})"
        saved = state.stateful_callbacks.pop(key, None)
        try:
            # The Trainer writes it as JSON.
            state.stateful_callbacks[key] = json.loads(json.dumps(self._bound.to_dict()))
        except (AttributeError, TypeError):
            return  # somebody's own, which needs no saving here
        done = state.global_step
        if saved is None or is_same_from(saved, self._bound, done):
            return
        if problem := difference(saved, self._bound, done):
            warn_caller(problem)
