"""Schedules in ``model.fit`` of Keras 3; tested on its torch, JAX and TensorFlow backends."""

from operator import attrgetter
from typing import Any

import keras

from ..schedules import Schedule
from ..schedules.binding import bound_to
from ..schedules.endings import warn_caller
from ..schedules.schedule import check_schedule

__all__ = ["KLAnnealing"]


class KLAnnealing(keras.callbacks.Callback):  # type: ignore[misc]
    """A variable of a model that follows a schedule while the model is fitted.

    The variable is written before every batch. Its value depends on the updates the optimizer has
    made, which Keras saves with the model: a resumed run is exact, and under
    ``gradient_accumulation_steps`` accumulated batches count once. Nothing of the schedule is
    saved: a run that is resumed with other ``epochs`` is not told that the value jumps. Validation
    during ``fit`` sees the value too: where ``val_loss`` decides anything, let the loss use 1
    unless ``training``.

    Args:
        schedule: The schedule. Without a length of its own it is bound to ``epochs`` times the
            batches of an epoch.
        variable: The variable, or the name of the model's attribute that holds it; dots lead to
            parts: ``"decoder.beta"``.
        interval: What the schedule counts: ``"step"``, the optimizer's updates, or ``"epoch"``.
        log: Whether its value appears in the history and the progress bar. Callbacks that are to
            log it as well, such as ``CSVLogger``, belong behind this one.

    Raises:
        ValueError: If ``schedule`` is not a Schedule, or ``interval`` is neither.
    """

    def __init__(
        self,
        schedule: Schedule,
        variable: Any = "beta",
        interval: str = "step",
        log: bool = True,
    ) -> None:
        super().__init__()
        if interval not in ("step", "epoch"):
            raise ValueError(f'interval must be "step" or "epoch", got {interval!r}')
        self.schedule = check_schedule("schedule", schedule)
        self.interval, self.log = interval, log
        self._asked = variable
        self._name = variable.split(".")[-1] if isinstance(variable, str) else variable.name

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Find the variable and bind the schedule.

        Raises:
            AttributeError: If the model has no such attribute.
            TypeError: If it is no variable that can be assigned and reaches the compiled step.
            ValueError: If neither the schedule nor Keras knows the length of the run, or updates
                cannot be counted.
        """
        self._variable = _find(self.model, self._asked)
        if self.interval == "step":
            _check_steps(self.model)
        self._bound = bound_to(
            self.schedule,
            self._total(),
            lambda: (
                "Keras does not know the batches of an epoch of this data: give the schedule its "
                "total_steps, or fit() its steps_per_epoch"
            ),
        )

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the value of an epoch."""
        if self.interval == "epoch":
            self._write(epoch)
        elif epoch == 0:
            self._warn_of_earlier_updates()
        elif _updates(self.model) == 0:
            warn_caller(
                f"training goes on at epoch {epoch}, but the optimizer has made no update: the "
                "schedule begins at 0. Its count is lost where only weights are loaded: save and "
                "load the whole model (.keras), or use BackupAndRestore"
            )

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the value of an update."""
        if self.interval == "step":
            self._write(_updates(self.model))

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Show the value in the progress bar."""
        # Data may end between a batch's begin and the batch: only what was used is shown.
        self._used = self._value
        self._show(logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep the last value of an epoch in the history."""
        self._show(logs)

    def _total(self) -> int | None:
        epochs, batches = self.params["epochs"], self.params["steps"]
        if self.interval == "epoch":
            return int(epochs)
        if batches is None:
            return None
        return max(int(epochs * batches) // _batches_per_update(self.model), 1)

    def _write(self, step: int) -> None:
        # Asking for the model is what makes it work with JAX: Keras then moves its state, which the
        # compiled step holds during an epoch, back into the variables, and reads them anew.
        self._value, _ = self._bound(step), self.model
        self._variable.assign(self._value)

    def _show(self, logs: dict[str, Any] | None) -> None:
        if self.log and logs is not None:
            logs[self._name] = self._used

    def _warn_of_earlier_updates(self) -> None:
        done, batches = _updates(self.model), self.params["steps"]
        if self._bound == self.schedule or done * _batches_per_update(self.model) < batches:
            return
        warn_caller(
            f"training begins at epoch 0, but the optimizer has made {done:,} updates: the "
            "schedule begins there. compile() anew to begin at 0, or give fit() its initial_epoch "
            "to resume"
        )


def _find(model: Any, asked: Any) -> Any:
    """Return the variable, or say why it cannot follow a schedule."""
    name = asked if isinstance(asked, str) else asked.name
    last = name.split(".")[-1]
    remedy = f"self.{last} = keras.Variable(0.0, trainable=False)"
    if isinstance(asked, str):
        try:
            asked = attrgetter(asked)(model)
        except AttributeError as error:
            raise AttributeError(
                f"{type(model).__name__} has no attribute {name!r}: write {remedy} in its "
                "__init__, multiply the KL with it in the loss, or name another attribute"
            ) from error
    if not isinstance(asked, keras.Variable):
        raise TypeError(
            f"{name} is a {type(asked).__name__}, which the compiled step would keep as it is at "
            f"the first batch: write {remedy}"
        )
    if asked.trainable or tuple(asked.shape) or not keras.backend.is_float_dtype(asked.dtype):
        raise TypeError(f"{name} must be one number that is not trained: write {remedy}")
    if not any(asked is known for known in model.non_trainable_variables):
        raise TypeError(
            f"{name} is not among the model's variables, so that a compiled step would keep its "
            f"first value: write {remedy} in the model's __init__"
        )
    return asked


def _check_steps(model: Any) -> None:
    if getattr(model, "optimizer", None) is None:
        raise ValueError(
            'the model was compiled without an optimizer, whose updates "step" counts: use '
            'interval="epoch"'
        )
    together = getattr(model, "steps_per_execution", None) or 1
    if together > 1:
        warn_caller(
            f"steps_per_execution={together} makes {together} batches one call of callbacks: beta "
            f"changes every {together} batches only"
        )


def _batches_per_update(model: Any) -> int:
    # With mixed_float16 the optimizer that was given is inside one that scales the loss.
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    return getattr(optimizer, "gradient_accumulation_steps", None) or 1


def _updates(model: Any) -> int:
    # A count that TensorFlow mirrors over devices becomes one number in a sum only.
    return int(keras.ops.add(model.optimizer.iterations, 0))
