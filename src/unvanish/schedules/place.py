"""The place in a schedule: how many steps are done, saved and restored."""

from __future__ import annotations

from collections.abc import Mapping

from .endings import warn_caller
from .schedule import Schedule, check_schedule
from .validation import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Place", "saved_step"]


class Place:
    """The steps done of a schedule, whose length need not be known yet.

    Args:
        schedule: The schedule.
        last_step: Steps already done: 0 (default) for a new run.

    Raises:
        TypeError: ``schedule`` is of a class that cannot be saved: without a name, or no dataclass.
        ValueError: ``schedule`` is not a Schedule, or ``last_step`` is no whole number >= 0.

    Example:
        >>> from unvanish import Cyclical
        >>> place = Place(Cyclical(), last_step=3)
        >>> place.step()
        >>> place.state_dict()["last_step"]
        4
    """

    def __init__(self, schedule: Schedule, last_step: int = 0) -> None:
        self.schedule = check_schedule("schedule", schedule)
        self.last_step = whole("last_step", last_step, 0)
        schedule.to_dict()  # that it cannot be saved is said here, not at the first checkpoint

    def step(self) -> None:
        """Move on by one step."""
        self.last_step += 1

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain values, which ``torch.load(weights_only=True)`` reads."""
        return {"last_step": self.last_step, "schedule": self.schedule.to_dict()}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where a state was saved.

        This object keeps its own schedule; if the saved one differs or cannot be read here, a
        ``ScheduleWarning`` says in what, and the value of both at this step.

        Args:
            state_dict: What ``state_dict()`` returned.

        Raises:
            ValueError: It is no such state.
        """
        last_step = saved_step(state_dict)
        from .differences import difference

        if problem := difference(state_dict["schedule"], self.schedule, last_step):
            warn_caller(problem)
        self.last_step = last_step

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.schedule!r}, last_step={self.last_step})"


def saved_step(state_dict: Mapping[str, Any]) -> int:
    """Return the steps done of a state that a place in a schedule was saved in.

    Args:
        state_dict: What ``Place.state_dict()`` returned.

    Raises:
        ValueError: It is no such state.
    """
    if not isinstance(state_dict, Mapping) or not {"last_step", "schedule"} <= set(state_dict):
        raise ValueError(
            f"a scheduler's state holds 'last_step' and 'schedule', got {state_dict!r}"
        )
    return whole("last_step", state_dict["last_step"], 0)
