"""The same value at every step."""

from __future__ import annotations

from dataclasses import dataclass

from .schedule import Schedule
from .validation import finite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Constant"]


@dataclass(frozen=True, repr=False)
class Constant(Schedule):
    """The same value at every step; with value 1 the plain VAE.

    Args:
        value: The value, any finite number.

    Raises:
        ValueError: The value is not a finite number.

    Example:
        >>> Constant(0.5).values(3)
        [0.5, 0.5, 0.5]
    """

    name = "constant"

    value: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", finite("value", self.value))

    def formula(self, step: Any, xp: Any) -> Any:
        """See ``Schedule.formula``."""
        return xp.minimum(step, 0) + self.value

    @property
    def final(self) -> float:
        """The value."""
        return self.value

    def plan(self) -> str:
        """See ``Schedule.plan``."""
        return f"constant {self.value}"

    def describe(self, *, steps: int | None = None) -> str:
        """Return the plan: its end goes without saying, however many ``steps`` a run has."""
        return self.plan()
