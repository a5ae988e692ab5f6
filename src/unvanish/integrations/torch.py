"""Schedules in a training loop of plain torch; Fabric and accelerate keep it plain."""

from collections.abc import Mapping
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR

from ..schedules import Schedule, Scheduler
from ..schedules.endings import warn_caller
from ..schedules.restarts import cosine_restarts
from ..schedules.schedule import check_schedule
from .attribute import Attribute

__all__ = ["ScheduledAttribute", "matched_restarts", "schedule_attribute"]


class ScheduledAttribute:
    """An attribute of a module that follows a schedule; made by :func:`schedule_attribute`.

    It saves and restores its place like an optimizer, so that Fabric (``fabric.save``) and
    accelerate (``register_for_checkpointing``) keep it as they keep everything else.
    """

    def __init__(self, attribute: Attribute, scheduler: Scheduler) -> None:
        self._attribute, self._scheduler = attribute, scheduler
        self._write()

    @property
    def value(self) -> float:
        """The value for the update about to be made."""
        return self._scheduler.value

    @property
    def last_step(self) -> int:
        """Optimizer steps done."""
        return self._scheduler.last_step

    def step(self) -> None:
        """Move on by one optimizer step and write the new value."""
        self._scheduler.step()
        self._write()

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain values, which ``torch.load(weights_only=True)`` reads."""
        return self._scheduler.state_dict()

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where a state was saved, and write the value of that step.

        Args:
            state_dict: What ``state_dict()`` returned.
        """
        self._scheduler.load_state_dict(state_dict)
        self._write()

    def _write(self) -> None:
        self._attribute.set(self._scheduler.value)

    def __repr__(self) -> str:
        return f"ScheduledAttribute({self._scheduler!r})"


def schedule_attribute(
    module: Any,
    name: str,
    schedule: Schedule,
    *,
    optimizer: torch.optim.Optimizer | None = None,
) -> ScheduledAttribute:
    """Let an attribute of a module follow a schedule.

    With an optimizer it moves on by itself after every ``optimizer.step()``: right under gradient
    accumulation, and with several optimizers it counts the steps of the one that is given. Without
    one, call ``step()`` after every update.

    Args:
        module: Whose attribute; any object will do.
        name: The attribute; dots lead to parts: ``"vae.beta"``. It must be there already.
        schedule: The schedule, bound to the run's length where it needs one.
        optimizer: Whose steps to count; one that accelerate has prepared will do.

    Returns:
        The handle to keep and to save with the model and the optimizer: ``state_dict()``.

    Raises:
        AttributeError: If the module has no such attribute.
        TypeError: If the attribute is no number, or one that an optimizer trains.
        ValueError: If the schedule does not know its length: ``schedule.bind(total_steps)``, or
            ``optimizer`` is no optimizer of torch.

    Example:
        >>> from unvanish import Cyclical
        >>> model = torch.nn.Linear(2, 2)
        >>> model.beta = 0.0
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        >>> beta = schedule_attribute(model, "beta", Cyclical(8, n_cycles=2), optimizer=optimizer)
        >>> for _ in range(4):
        ...     print(model.beta, end=" ")
        ...     optimizer.step()
        0.0 0.5 1.0 1.0
    """
    inner = getattr(optimizer, "optimizer", optimizer)  # what accelerate has prepared
    if inner is not None and not hasattr(inner, "register_step_post_hook"):
        raise ValueError(
            f"optimizer must be an optimizer of torch, got a {type(optimizer).__name__}: leave it "
            "out and call step() after every update, where yours is none"
        )
    scheduled = ScheduledAttribute(Attribute(module, name), Scheduler(schedule))
    if inner is not None:
        inner.register_step_post_hook(lambda used, *_: scheduled.step() if _moved(used) else None)
    return scheduled


def _moved(optimizer: torch.optim.Optimizer) -> bool:
    """Whether a step moved the parameters: fused optimizers are called by a gradient scaler anyway.

    It tells them by an attribute whether a gradient is infinite.
    """
    infinite = getattr(optimizer, "found_inf", None)
    return infinite is None or not bool(infinite)


def matched_restarts(
    optimizer: torch.optim.Optimizer, schedule: Schedule, total_steps: int | None = None
) -> LambdaLR:
    """Make a learning rate that restarts with the cycles of beta, along a cosine in each.

    Call its ``step()`` after every optimizer step, as for any scheduler of torch. With accelerate
    do not ``prepare`` it, which would have it make a step for every process: step it where
    ``accelerator.sync_gradients`` is true.

    Args:
        optimizer: Whose learning rates. They restart at what they are now, or at their
            ``initial_lr`` if another scheduler has set one.
        schedule: The schedule of beta.
        total_steps: Length of the run in optimizer steps; needed for a schedule without a length,
            or without cycles, which gives one fall over the run.

    Raises:
        ValueError: If ``schedule`` is not a Schedule, or ``total_steps`` is needed and missing.

    Warns:
        ScheduleWarning: If the cycles end before the run, with the learning rate 0 from there on.

    References:
        Fu et al. (2019), section 6.4 and Table 4.

    Example:
        >>> from unvanish import Cyclical
        >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        >>> learning_rate = matched_restarts(optimizer, Cyclical(8, n_cycles=2))
        >>> for _ in range(6):
        ...     print(round(optimizer.param_groups[0]["lr"], 3), end=" ")
        ...     optimizer.step()
        ...     learning_rate.step()
        0.1 0.085 0.05 0.015 0.1 0.085
    """
    check_schedule("schedule", schedule)
    factor = cosine_restarts(schedule, total_steps)
    if total_steps is not None and factor(total_steps - 1) == 0.0:
        warn_caller(
            f"the learning rate is 0 from step {factor.horizon:,} of {total_steps:,} on, as the "
            "cycles end there: have them last as long as the run, or Join them with what follows"
        )
    return LambdaLR(optimizer, factor)
