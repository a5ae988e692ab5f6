"""What is said where Lightning goes on from a checkpoint with another schedule than it was made."""

from collections.abc import Callable
from typing import Any

from ...schedules import Schedule
from ...schedules.differences import difference, is_same_from
from ...schedules.wording import short

__all__ = ["COUNTED", "resumption_problem"]

COUNTED = {"step": "optimizer updates", "epoch": "epochs", "batch": "training batches"}
"""What a step of a schedule is, by the interval."""


def resumption_problem(
    saved: Any,
    own: Schedule,
    *,
    total_steps: int | None,
    intervals: tuple[str, str],
    done: Callable[[str], int],
) -> str | None:
    """Return what sets a saved schedule apart, and both values now; None where nothing does.

    Args:
        saved: The saved schedule's ``to_dict()``. Earlier versions saved it as it was given; where
            that has no length, the length of this run is taken for it.
        own: The schedule in use, with its length.
        total_steps: Length of this run; ``None`` where it is not known.
        intervals: What the saved schedule counts, and what the one in use does.
        done: How many of these are done.
    """
    then, now = intervals
    if then == now:
        before = _with_length(saved, total_steps)
        same = is_same_from(before, own, done(now))
        return None if same else difference(before, own, done(now))
    return (
        f"the saved schedule counts {COUNTED[then]} and is not used: this one counts "
        f"{COUNTED[now]}{_values(saved, own, done(then), done(now))}"
    )


def _with_length(saved: Any, total_steps: int | None) -> Any:
    if total_steps is None:
        return saved
    try:
        return Schedule.from_dict(saved).with_total(total_steps).to_dict()
    except (TypeError, ValueError):
        return saved


def _values(saved: Any, own: Schedule, step_then: int, step_now: int) -> str:
    try:
        was, is_now = short(Schedule.from_dict(saved)(step_then)), short(own(step_now))
    except (TypeError, ValueError):
        return ""
    return f"; the value would have been {was} and is {is_now}"
