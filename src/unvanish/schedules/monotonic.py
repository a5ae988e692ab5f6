"""Monotonic annealing: one ramp, then a hold."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass, field, replace

from .cyclical import Cyclical
from .schedule import Schedule
from .shapes import check_shape, ramp
from .validation import finite, is_whole, share, whole
from .wording import climb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from .stretch import Stretch

__all__ = ["Monotonic"]


@dataclass(frozen=True, repr=False)
class Monotonic(Schedule):
    r"""A ramp from ``start`` to ``stop``, then a hold: the usual KL annealing, or warm-up.

    With W the steps of warm-up, f the shape and t the step,

    .. math::
        \beta = \mathrm{start} + (\mathrm{stop} - \mathrm{start})\, f(\min(t / W, 1))

    References:
        Generating Sentences from a Continuous Space (Bowman et al., CoNLL 2016),
        https://aclanthology.org/K16-1002, section 3.1.

    Args:
        warmup: Length of the ramp. A whole number is steps; a float in [0, 1] is a share of the
            run, so 1 is one step and 1.0 the whole run. 0 is no ramp: the value is ``stop``.
        total_steps: Length of the run in steps. None (default) until ``bind`` gives it; only a
            share needs it.
        shape: Shape of the ramp: "linear", "cosine", "sigmoid", "exponential" or a registered name.
        start: Value at step 0. May exceed ``stop``.
        stop: Value from step W on.

    Raises:
        ValueError: An argument is outside its range; or, when called, ``warmup`` is a share and the
            run's length is not known.

    Example:
        >>> Monotonic(4).values(6)
        [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
        >>> Monotonic(0.5, total_steps=4, start=0.1).values()
        [0.1, 0.55, 1.0, 1.0]
    """

    name = "monotonic"

    warmup: int | float
    total_steps: int | None = None
    shape: str = "linear"
    _: KW_ONLY
    start: float = 0.0
    stop: float = 1.0
    # Compared with the rest: 1 == 1.0, but one step is not the whole run.
    is_share: bool = field(init=False)

    def __post_init__(self) -> None:
        is_share = not is_whole(self.warmup)
        warmup = _share(self.warmup) if is_share else whole("warmup", self.warmup, 0)
        object.__setattr__(self, "is_share", is_share)
        object.__setattr__(self, "warmup", warmup)
        if self.total_steps is not None:
            object.__setattr__(self, "total_steps", whole("total_steps", self.total_steps, 1))
        check_shape(self.shape)
        object.__setattr__(self, "start", finite("start", self.start))
        object.__setattr__(self, "stop", finite("stop", self.stop))

    @classmethod
    def from_epochs(
        cls,
        epochs: int,
        steps_per_epoch: int,
        warmup_epochs: float,
        shape: str = "linear",
        *,
        start: float = 0.0,
        stop: float = 1.0,
    ) -> Monotonic:
        """Return a ramp measured in epochs, for a run of known length; warns as ``bind`` does.

        Args:
            epochs: Length of the run.
            steps_per_epoch: Steps (optimizer updates) in an epoch.
            warmup_epochs: Length of the ramp; may be a fraction, and is rounded to whole steps.
            shape: Shape of the ramp; this and the rest as in ``Monotonic``.
            start: Value at step 0.
            stop: Value after the ramp.

        Raises:
            ValueError: A length is below 1, or ``warmup_epochs`` below 0.

        Example:
            >>> Monotonic.from_epochs(40, 1_000, warmup_epochs=2.5)
            Monotonic(warmup=2500, total_steps=40000, shape='linear')
        """
        epochs, steps = whole("epochs", epochs, 1), whole("steps_per_epoch", steps_per_epoch, 1)
        warmup = finite("warmup_epochs", warmup_epochs)
        if warmup < 0.0:
            raise ValueError(f"warmup_epochs must be >= 0, got {warmup_epochs!r}")
        schedule = cls(round(warmup * steps), epochs * steps, shape, start=start, stop=stop)
        schedule.bind(epochs * steps)  # for its warning
        return schedule

    def formula(self, step: Any, xp: Any) -> Any:
        """See ``Schedule.formula``."""
        if self.warmup == 0:
            return xp.minimum(step, 0) + self.stop
        if not self.is_share:
            progress = step / self.warmup
        elif self.total_steps is None:
            raise ValueError(f"{self!r} does not know the run's length: call bind(total_steps)")
        else:
            progress = step / self.total_steps / self.warmup
        return ramp(progress, self.shape, self.start, self.stop, xp)

    @property
    def horizon(self) -> int | None:
        """The run, or twice the warm-up."""
        if self.total_steps is None and not self.is_share:
            return max(2 * int(self.warmup), 2)
        return self.total_steps

    @property
    def final(self) -> float:
        """The value held after the ramp."""
        return self.stop

    def with_total(self, total_steps: int) -> Self:
        """See ``Schedule.with_total``."""
        return self if self.total_steps is not None else replace(self, total_steps=total_steps)

    def ending_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.ending_problem``."""
        last, steps = self(stretch.steps - 1), stretch.steps
        if last == self.stop or self.start == self.stop:
            return None
        from .remedies import round_down

        if not self.is_share:
            remedy = f"warmup={steps - 1}"
        elif self.total_steps == steps:
            remedy = f"warmup={round_down((steps - 1) / steps)}"
        else:
            remedy = f"total_steps={steps}"
        return (
            f"{stretch.run} stops inside the ramp, at {stretch.value(last)} instead of "
            f"{stretch.value(self.stop)}: warmup={self.warmup} is too long; use {remedy}"
        )

    def repeat(self, n_cycles: int) -> Cyclical:
        """Return this schedule repeated within the same run: the paper's recipe.

        A warm-up given as a share becomes that share of each cycle; one given in steps stays that
        many steps in each cycle.

        Args:
            n_cycles: Number of cycles in the run.

        Raises:
            ValueError: The warm-up is in steps and the run's length is not known, or the warm-up
                does not fit into a cycle.

        Example:
            >>> Monotonic(0.5, 40_000).repeat(4) == Cyclical(40_000, n_cycles=4, ratio=0.5)
            True
        """
        n_cycles = whole("n_cycles", n_cycles, 1)
        return Cyclical(
            self.total_steps,
            n_cycles,
            self._ratio(n_cycles),
            self.shape,
            start=self.start,
            stop=self.stop,
        )

    def _ratio(self, n_cycles: int) -> float:
        if self.is_share or self.warmup == 0:
            return float(self.warmup)
        if self.total_steps is None:
            raise ValueError(
                f"total_steps must be given to repeat a warm-up of {self.warmup} steps: write "
                f"Monotonic({self.warmup}, total_steps=...), or use "
                f"Cyclical.every(cycle_steps, ramp_steps={self.warmup})"
            )
        if self.warmup * n_cycles > self.total_steps:
            raise ValueError(
                f"warmup must fit into a cycle of {self.total_steps / n_cycles:g} steps, got "
                f"{self.warmup}: use total_steps >= {self.warmup * n_cycles}, or "
                f"Cyclical.every(cycle_steps, ramp_steps={self.warmup})"
            )
        return self.warmup * n_cycles / self.total_steps

    def plan(self) -> str:
        """See ``Schedule.plan``."""
        if self.horizon is None:
            return climb(self.shape, self.start, f"{self.warmup:.4g} of the run") + ", then hold"
        if self.total_steps is None:
            return climb(self.shape, self.start, f"{self.warmup:,}") + ", then hold"
        length = self.warmup * self.total_steps if self.is_share else self.warmup
        below = min(math.ceil(length - 1e-9), self.total_steps)
        ramp = climb(self.shape, self.start, f"{below:,}")
        return f"{ramp}, hold {self.total_steps - below:,}"


def _share(warmup: Any) -> float:
    try:
        return share("warmup", warmup)
    except ValueError as error:
        steps = isinstance(warmup, float) and warmup > 1 and warmup.is_integer()
        hint = f"; write {warmup:.0f} for steps" if steps else ""
        raise ValueError(
            f"{error} (a share of the run), or a whole number of steps{hint}"
        ) from None
