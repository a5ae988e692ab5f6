"""A schedule's text form, made ready for a run."""

import warnings

from ..presets import preset_names, schedule_from
from ..schedules import Schedule, ScheduleWarning
from .errors import UsageError

__all__ = ["bound_schedule"]


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
            presets = ", ".join(preset_names())
            raise UsageError(
                f"schedule {spec!r} is not possible: {error} (presets: {presets})"
            ) from error
    return schedule, [str(warning.message) for warning in caught]
