"""One schedule after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from .falls import one_fall
from .schedule import Schedule, check_schedule
from .validation import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from .stretch import Stretch

__all__ = ["Join"]


@dataclass(frozen=True, repr=False)
class Join(Schedule):
    """One schedule after another.

    From milestone m on the next schedule is in charge, and its steps are counted from m, as in
    PyTorch's ``SequentialLR`` and optax's ``join_schedules``.

    Args:
        schedules: Two or more schedules (one is allowed, without milestones).
        milestones: The first step of each schedule but the first: whole numbers >= 1, increasing,
            one fewer than schedules.

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from unvanish import Constant, Monotonic
        >>> Join([Constant(0.0), Monotonic(2)], milestones=[2]).values(6)
        [0.0, 0.0, 0.0, 0.5, 1.0, 1.0]
    """

    name = "join"

    schedules: tuple[Schedule, ...]
    milestones: tuple[int, ...]

    def __post_init__(self) -> None:
        for name, value in (("schedules", self.schedules), ("milestones", self.milestones)):
            if not isinstance(value, list | tuple):
                raise ValueError(f"{name} must be a list or tuple, got {value!r}")
        schedules = tuple(check_schedule("each of schedules", s) for s in self.schedules)
        milestones = tuple(whole("each of milestones", m, 1) for m in self.milestones)
        if not schedules:
            raise ValueError("schedules must hold at least one schedule, got none")
        if len(milestones) != len(schedules) - 1:
            raise ValueError(
                f"milestones must be one fewer than the {len(schedules)} schedules, "
                f"got {list(milestones)}"
            )
        if any(a >= b for a, b in pairwise(milestones)):
            raise ValueError(f"milestones must increase, got {list(milestones)}")
        object.__setattr__(self, "schedules", schedules)
        object.__setattr__(self, "milestones", milestones)

    @property
    def _starts(self) -> tuple[int, ...]:
        return (0, *self.milestones)

    def formula(self, step: Any, xp: Any) -> Any:
        """See ``Schedule.formula``."""
        value = self.schedules[0].formula(step, xp)
        for milestone, schedule in zip(self.milestones, self.schedules[1:], strict=True):
            later = schedule.formula(xp.maximum(step - milestone, 0), xp)
            value = xp.where(step >= milestone, later, value)
        return value

    @property
    def horizon(self) -> int | None:
        """All milestones and the last schedule's own horizon."""
        last = self.schedules[-1].horizon
        unknown = last is None or any(s.horizon is None for s in self.schedules)
        return None if unknown or last is None else self._starts[-1] + last

    @property
    def final(self) -> float | None:
        """That of the last schedule."""
        return self.schedules[-1].final

    @property
    def is_endless(self) -> bool:
        """That of the last schedule."""
        return self.schedules[-1].is_endless

    def _cycle_ends(self, steps: int) -> tuple[int, ...]:
        """See ``Schedule.cycle_ends``; a milestone cuts off a cycle."""
        bound, lasts = self.with_total(steps).schedules, (*self.milestones, steps)
        return tuple(
            start + end
            for start, last, schedule in zip(self._starts, lasts, bound, strict=True)
            if start < steps
            for end in schedule.cycle_ends(min(last, steps) - start)
        )

    def restarts(self, steps: int | None = None) -> Join | None:
        """See ``Schedule.restarts``; beside cycles, what has none falls once while it lasts."""
        ends = (*self.milestones, steps and max(steps, self._starts[-1] + 1))
        lengths = [end and end - start for start, end in zip(self._starts, ends, strict=True)]
        falls = [s.restarts(n) for s, n in zip(self.schedules, lengths, strict=True)]
        if not any(falls):
            return None
        every = (each or one_fall(n, self) for each, n in zip(falls, lengths, strict=True))
        return Join(tuple(every), self.milestones)

    def with_total(self, total_steps: int) -> Self:
        """See ``Schedule.with_total``; each schedule is bound to its own stretch."""
        ends = (*self.milestones, max(total_steps, self._starts[-1] + 1))
        lengths = (end - start for start, end in zip(self._starts, ends, strict=True))
        bound = (s.with_total(n) for s, n in zip(self.schedules, lengths, strict=True))
        return replace(self, schedules=tuple(bound))

    def ending_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.ending_problem``; only the last schedule's end is the run's."""
        last, steps = self._starts[-1], stretch.steps
        if steps <= last:
            return (
                f"{stretch.run} ends before milestone {last:,}: the last schedule is never "
                f"reached; use milestones below {steps:,}"
            )
        return self.schedules[-1].ending_problem(stretch.after(last))

    def length_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.length_problem``; only the last schedule's length is too short."""
        return self.schedules[-1].length_problem(stretch.after(self._starts[-1]))

    def plan(self) -> str:
        """See ``Schedule.plan``."""
        return "; ".join(
            f"from step {start:,}: {schedule.plan()}"
            for start, schedule in zip(self._starts, self.schedules, strict=True)
        )
