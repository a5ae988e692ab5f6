"""In what a saved schedule differs from the one in use."""

from __future__ import annotations

from dataclasses import fields

from .schedule import Schedule
from .wording import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["difference", "is_same_from"]

_LOOKED_AT = 1_000
"""Steps that are compared at most."""


def difference(saved: Any, own: Schedule, step: int) -> str | None:
    """Return what sets a saved schedule apart, and both values at a step; None if nothing does.

    Args:
        saved: The saved schedule's ``to_dict()``.
        own: The schedule in use.
        step: Steps done.

    Example:
        >>> from unvanish import Cyclical
        >>> print(difference(Cyclical(100).to_dict(), Cyclical(200), step=30))
        the saved schedule differs and is not used: total_steps saved 100, used 200; the value at
        step 30 would have been 0.4... and is 1.0
    """
    try:
        # Schedules, not dictionaries: in these 1 == 1.0, but one step is not the whole run.
        before, now = Schedule.from_dict(saved), Schedule.from_dict(own.to_dict())
    except (TypeError, ValueError) as error:
        return f"the saved schedule cannot be read here ({error}) and is not used: {saved}"
    if before == now:
        return None
    differing = ", ".join(_fields(before, now))
    return f"the saved schedule differs and is not used: {differing}{_values(before, own, step)}"


def is_same_from(saved: Any, own: Schedule, step: int) -> bool:
    """Return whether a saved schedule has the values of the one in use, whatever their lengths.

    It has where all are the same as far as both reach, or all that are still to come.

    Args:
        saved: The saved schedule's ``to_dict()``.
        own: The schedule in use.
        step: Steps done.

    Example:
        >>> from unvanish import Monotonic
        >>> shorter, longer = Monotonic(30, 100), Monotonic(30, 200)
        >>> is_same_from(shorter.to_dict(), longer, step=10)
        True
    """
    try:
        before = Schedule.from_dict(saved)
        ends = before.horizon or 1, own.horizon or 1
        stretches = (0, min(ends)), (step, max(*ends, step + 1))
        return any(_agree(before, own, *stretch) for stretch in stretches)
    except (TypeError, ValueError):  # it cannot be read, or does not know its length
        return False


def _agree(one: Schedule, other: Schedule, first: int, end: int) -> bool:
    compared = range(first, end, max(1, (end - first) // _LOOKED_AT))
    return all(one(step) == other(step) for step in compared)


def _fields(saved: Any, used: Any, path: str = "") -> Iterator[str]:
    """Yield the fields that differ, by the way to them, with both values."""
    if isinstance(saved, Schedule) and type(saved) is type(used):
        for name in (f.name for f in fields(saved) if f.init):  # type: ignore[arg-type]
            yield from _fields(getattr(saved, name), getattr(used, name), f"{path}.{name}")
    elif isinstance(saved, tuple) and isinstance(used, tuple) and len(saved) == len(used):
        for place, pair in enumerate(zip(saved, used, strict=True)):
            yield from _fields(*pair, f"{path}[{place}]")
    elif (type(saved), saved) != (type(used), used):
        yield f"{path} saved {saved!r}, used {used!r}".lstrip(". ")


def _values(before: Schedule, own: Schedule, step: int) -> str:
    try:
        was, is_now = short(before(step)), short(own(step))
    except ValueError:  # a length that is not known yet
        return ""
    return f"; the value at step {step:,} would have been {was} and is {is_now}"
