"""A schedule scaled, clamped or shifted."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace

from .schedule import Schedule, check_schedule
from .validation import finite, whole
from .wording import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from .stretch import Stretch

__all__ = ["Clamped", "Scaled", "Shifted"]


@dataclass(frozen=True, repr=False)
class _Mapped(Schedule):
    """A schedule whose values are changed and whose steps are not."""

    schedule: Schedule

    def __post_init__(self) -> None:
        check_schedule("schedule", self.schedule)

    @property
    def horizon(self) -> int | None:
        """That of the inner schedule."""
        return self.schedule.horizon

    @property
    def is_endless(self) -> bool:
        """That of the inner schedule."""
        return self.schedule.is_endless

    def _cycle_ends(self, steps: int) -> tuple[int, ...]:
        """See ``Schedule.cycle_ends``."""
        return self.schedule.cycle_ends(steps)

    def restarts(self, steps: int | None = None) -> Schedule | None:
        """See ``Schedule.restarts``."""
        return self.schedule.restarts(steps)

    def with_total(self, total_steps: int) -> Self:
        """See ``Schedule.with_total``."""
        return replace(self, schedule=self.schedule.with_total(total_steps))

    def length_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.length_problem``."""
        return self.schedule.length_problem(stretch.through(self._changed))

    @abstractmethod
    def _changed(self, value: float) -> float:
        """Return what becomes of a value."""


@dataclass(frozen=True, repr=False)
class Scaled(_Mapped):
    """A schedule times a number; written ``schedule * factor`` or ``schedule / divisor``.

    Args:
        schedule: The schedule.
        factor: Any finite number.

    Example:
        >>> from unvanish import Monotonic
        >>> (0.5 * Monotonic(2)).values(4)
        [0.0, 0.25, 0.5, 0.5]
    """

    name = "scaled"

    factor: float

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "factor", finite("factor", self.factor))

    def formula(self, step: Any, xp: Any) -> Any:
        """See ``Schedule.formula``."""
        return self.factor * self.schedule.formula(step, xp)

    @property
    def final(self) -> float | None:
        """That of the inner schedule, scaled."""
        final = self.schedule.final
        return None if final is None else self.factor * final

    def ending_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.ending_problem``."""
        if self.factor == 0.0:
            return None
        return self.schedule.ending_problem(stretch.through(self._changed))

    def _changed(self, value: float) -> float:
        return self.factor * value

    def plan(self) -> str:
        """See ``Schedule.plan``."""
        return f"{self.factor} x ({self.schedule.plan()})"


@dataclass(frozen=True, repr=False)
class Clamped(_Mapped):
    """A schedule held between two values; written ``schedule.clamp(low, high)``.

    Args:
        schedule: The schedule.
        low: Least value.
        high: Greatest value, at least ``low``.

    Example:
        >>> from unvanish import Monotonic
        >>> Monotonic(4).clamp(0.1, 0.6).values(5)
        [0.1, 0.25, 0.5, 0.6, 0.6]
    """

    name = "clamped"

    low: float
    high: float

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "low", finite("low", self.low))
        object.__setattr__(self, "high", finite("high", self.high))
        if self.low > self.high:
            raise ValueError(f"low must be <= high={self.high}, got {self.low}")

    def formula(self, step: Any, xp: Any) -> Any:
        """See ``Schedule.formula``."""
        return xp.clip(self.schedule.formula(step, xp), self.low, self.high)

    @property
    def final(self) -> float | None:
        """That of the inner schedule, clamped."""
        final = self.schedule.final
        return None if final is None else self._changed(final)

    def ending_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.ending_problem``; a ramp cut off by the clamp has reached its end."""
        if self.final is None or self(stretch.steps - 1) == self.final:
            return None
        return self.schedule.ending_problem(stretch.through(self._changed))

    def _changed(self, value: float) -> float:
        return min(max(value, self.low), self.high)

    def plan(self) -> str:
        """See ``Schedule.plan``."""
        return f"({self.schedule.plan()}) clamped to [{self.low}, {self.high}]"


@dataclass(frozen=True, repr=False)
class Shifted(Schedule):
    """A schedule that begins later or earlier; written ``schedule.shift(n)``.

    The value at step t is the schedule's at max(t - n, 0).

    Args:
        schedule: The schedule.
        n: Steps of delay; negative for steps skipped.

    Example:
        >>> from unvanish import Monotonic
        >>> Monotonic(2).shift(1).values(4)
        [0.0, 0.0, 0.5, 1.0]
        >>> Monotonic(2).shift(-1).values(4)
        [0.5, 1.0, 1.0, 1.0]
    """

    name = "shifted"

    schedule: Schedule
    n: int

    def __post_init__(self) -> None:
        check_schedule("schedule", self.schedule)
        object.__setattr__(self, "n", whole("n", self.n))

    def formula(self, step: Any, xp: Any) -> Any:
        """See ``Schedule.formula``."""
        return self.schedule.formula(xp.maximum(step - self.n, 0), xp)

    @property
    def horizon(self) -> int | None:
        """That of the inner schedule, and the delay."""
        inner = self.schedule.horizon
        return None if inner is None else max(inner + self.n, 1)

    @property
    def is_endless(self) -> bool:
        """That of the inner schedule."""
        return self.schedule.is_endless

    @property
    def final(self) -> float | None:
        """That of the inner schedule."""
        return self.schedule.final

    def _cycle_ends(self, steps: int) -> tuple[int, ...]:
        """See ``Schedule.cycle_ends``."""
        if steps <= self.n:
            return ()
        ends = self.with_total(steps).schedule.cycle_ends(steps - self.n)
        return tuple(end + self.n for end in ends if end + self.n > 0)

    def restarts(self, steps: int | None = None) -> Shifted | None:
        """See ``Schedule.restarts``."""
        falls = self.schedule.restarts(None if steps is None else self._inner(steps))
        return None if falls is None else Shifted(falls, self.n)

    def with_total(self, total_steps: int) -> Self:
        """See ``Schedule.with_total``; a delay is taken off the inner schedule's length."""
        return replace(self, schedule=self.schedule.with_total(self._inner(total_steps)))

    def _inner(self, steps: int) -> int:
        return max(steps - max(self.n, 0), 1)

    def ending_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.ending_problem``."""
        if stretch.steps > self.n:
            return self.schedule.ending_problem(stretch.after(self.n))
        if self.final is None or self(stretch.steps - 1) == self.final:
            return None
        return (
            f"{stretch.run} ends before a schedule that is {plural(self.n, 'step')} late begins: "
            f"use a delay below {stretch.steps:,}"
        )

    def length_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.length_problem``."""
        if self.n < 0 and self.schedule.length_problem(stretch) is None:
            return None  # the run's own length, of which the first steps are skipped
        return self.schedule.length_problem(stretch.after(self.n))

    def plan(self) -> str:
        """See ``Schedule.plan``."""
        when = "later" if self.n >= 0 else "earlier"
        return f"({self.schedule.plan()}) {plural(abs(self.n), 'step')} {when}"
