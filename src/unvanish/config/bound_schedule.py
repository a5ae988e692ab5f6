"""A schedule's text form, made ready for a run."""

import warnings

from ..presets import preset_names, schedule_from
from ..schedules import Schedule, ScheduleWarning, schedule_names
from .errors import UsageError

__all__ = ["bound_beta", "bound_schedule"]


def bound_schedule(
    spec: str, *, total_steps: int, steps_per_epoch: int | None = None
) -> tuple[Schedule, list[str]]:
    """Read a schedule, bind it to a run, and give it with what is wrong with the run's end.

    Args:
        spec: A preset's name, or a schedule in text form such as ``"monotonic:0.25"``.
        total_steps: Optimizer steps of the run.
        steps_per_epoch: Optimizer steps of an epoch; presets that speak of epochs need it.

    Raises:
        UsageError: If the text is no schedule, or not possible.

    Example:
        >>> schedule, problems = bound_schedule("cyclical:n_cycles=2", total_steps=8)
        >>> schedule.values(8), problems
        ([0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0, 1.0], [])
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ScheduleWarning)
        try:
            schedule = schedule_from(spec, total_steps, steps_per_epoch)
        except ValueError as error:
            raise UsageError(f"schedule {spec!r} is not possible: {error}{_known(spec)}") from error
    return schedule, [str(warning.message) for warning in caught]


def bound_beta(
    spec: str, *, total_steps: int, steps_per_epoch: int | None = None
) -> tuple[Schedule, list[str]]:
    """Bind a schedule that is to weigh the KL of a run, and give it with what is wrong with it.

    Args:
        spec: As :func:`bound_schedule` takes it.
        total_steps: Optimizer steps of the run.
        steps_per_epoch: Optimizer steps of an epoch.

    Raises:
        UsageError: If the text is no schedule, or falls below 0, where the loss has no minimum.

    Example:
        >>> bound_beta("constant:-1", total_steps=8)
        Traceback (most recent call last):
        unvanish.config.errors.UsageError: schedule 'constant:-1' is not possible: beta is -1 ...
    """
    schedule, problems = bound_schedule(
        spec, total_steps=total_steps, steps_per_epoch=steps_per_epoch
    )
    for step, beta in enumerate(schedule.values(total_steps)):
        if beta < 0:
            raise UsageError(
                f"schedule {spec!r} is not possible: beta is {beta:.4g} at step {step:,}, and with "
                "less than 0 the loss has no minimum: give a schedule that stays at 0 or above"
            )
    return schedule, problems


def _known(spec: str) -> str:
    """List the presets for a name that nothing has."""
    word = spec.partition(":")[0].strip()
    if word.startswith("{") or word in {*preset_names(), *schedule_names()}:
        return ""
    return f" (presets: {', '.join(preset_names())})"
