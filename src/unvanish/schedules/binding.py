"""A schedule for a run whose length its framework may not know."""

from collections.abc import Callable

from .schedule import Schedule

__all__ = ["bound_to"]


def bound_to(schedule: Schedule, total_steps: int | None, unknown: Callable[[], str]) -> Schedule:
    """Bind a schedule to a run, or leave it as it is where it has a length of its own.

    Args:
        schedule: The schedule.
        total_steps: Length of the run in steps of the schedule; ``None`` where it is not known.
        unknown: Says that the schedule has no length either, and what to do about it; called
            only then.

    Raises:
        ValueError: If neither knows the length.

    Example:
        >>> from unvanish.schedules import Monotonic
        >>> bound_to(Monotonic(0.25, total_steps=8), None, lambda: "give it").horizon
        8
        >>> bound_to(Monotonic(0.25), None, lambda: "give total_steps")
        Traceback (most recent call last):
        ValueError: give total_steps
    """
    if total_steps is not None:
        return schedule.bind(total_steps)
    if schedule.horizon is None:
        raise ValueError(unknown())
    return schedule
