"""The same value at every step."""

from dataclasses import dataclass
from typing import Any, ClassVar

from .schedule import Schedule
from .validation import finite

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

    name: ClassVar[str] = "constant"

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

    def describe(self) -> str:
        """Return the plan in words."""
        return f"constant {self.value}"
