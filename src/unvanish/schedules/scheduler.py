"""A cursor on a schedule, for training loops that like to call step()."""

from __future__ import annotations

from .endings import warn_caller
from .place import Place
from .schedule import Schedule

__all__ = ["Scheduler"]


class Scheduler(Place):
    """A schedule and the number of steps done.

    The contract: ``value`` belongs to the step about to be trained, so the first update uses the
    value of step 0; call ``step()`` once after every optimizer step. Warns, as ``bind`` does, when
    a run of the schedule's own length would end badly.

    Args:
        schedule: The schedule, bound to the run's length where it needs one.
        last_step: Steps already done: 0 (default) for a new run.

    Raises:
        ValueError: ``schedule`` is not a Schedule or does not know the length it needs, or
            ``last_step`` is no whole number >= 0.

    Example:
        >>> from unvanish import Monotonic
        >>> beta = Scheduler(Monotonic(4))
        >>> for _ in range(3):
        ...     loss = 80.0 + float(beta) * 6.0  # rec + beta * kl
        ...     beta.step()
        >>> beta.value, beta.last_step
        (0.75, 3)
    """

    def __init__(self, schedule: Schedule, last_step: int = 0) -> None:
        super().__init__(schedule, last_step)
        _ = self.value  # what needs a length and has none says so at once
        _warn_of_bad_end(schedule)

    @property
    def value(self) -> float:
        """The value for the step about to be trained."""
        return self.schedule(self.last_step)

    def __float__(self) -> float:
        return self.value


def _warn_of_bad_end(schedule: Schedule) -> None:
    if schedule.horizon is None or schedule.is_endless:
        return
    from .stretch import Stretch

    problem = schedule.ending_problem(Stretch(schedule.horizon))
    if problem:
        warn_caller(problem)
