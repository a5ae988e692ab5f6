"""Up and down between two values, for ever."""

from __future__ import annotations

from dataclasses import dataclass

from .schedule import Schedule
from .shapes import ramp
from .validation import did_you_mean, finite, whole
from .wording import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Wave"]

_RAMPS = {"triangular": "linear", "cosine": "cosine"}


@dataclass(frozen=True, repr=False)
class Wave(Schedule):
    r"""Rise from ``low`` to ``high`` and fall back, over and over: Smith's cyclical learning rate.

    With s the step size and t the step,

    .. math::
        c = \lfloor 1 + t / 2s \rfloor, \quad x = |t / s - 2c + 1|, \quad
        value = low + (high - low)\, g(\max(0, 1 - x))

    where g(u) = u (triangular) or (1 - cos(pi u)) / 2 (cosine). There is no end: a wave ignores
    the length of the run.

    References:
        Cyclical Learning Rates for Training Neural Networks (Smith, WACV 2017),
        https://arxiv.org/abs/1506.01186, section 3.1.

    Args:
        low: Value at step 0 and after every full wave.
        high: Value half a wave later, at least ``low``.
        step_size: Steps from ``low`` to ``high``: half a wave.
        shape: "triangular" or "cosine".

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> Wave(0.0, 1.0, 2).values(6)
        [0.0, 0.5, 1.0, 0.5, 0.0, 0.5]
    """

    name = "wave"

    low: float
    high: float
    step_size: int
    shape: str = "triangular"

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", finite("low", self.low))
        object.__setattr__(self, "high", finite("high", self.high))
        object.__setattr__(self, "step_size", whole("step_size", self.step_size, 1))
        if self.low > self.high:
            raise ValueError(f"low must be <= high={self.high}, got {self.low}")
        if self.shape not in tuple(_RAMPS):
            raise ValueError(f"unknown shape {self.shape!r}: {did_you_mean(self.shape, _RAMPS)}")

    def formula(self, step: Any, xp: Any) -> Any:
        """See ``Schedule.formula``."""
        position = step % (2 * self.step_size)
        progress = 1.0 - abs(position / self.step_size - 1.0)
        return ramp(progress, _RAMPS[self.shape], self.low, self.high, xp)

    @property
    def horizon(self) -> int:
        """Three waves."""
        return 6 * self.step_size

    def plan(self) -> str:
        """See ``Schedule.plan``."""
        return (
            f"{self.shape} wave from {self.low} to {self.high} and back: "
            f"{plural(self.step_size, 'step')} up, {self.step_size:,} down"
        )
