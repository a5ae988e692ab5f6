"""Cyclical annealing: a ramp and a hold, repeated."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass, replace

from . import scalars
from .schedule import Schedule
from .shapes import SNAP, check_shape, ramp, ramp_of_number, tolerance
from .validation import finite, share, whole
from .wording import climb, cycles_in_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from .stretch import Stretch

__all__ = ["Cyclical"]


@dataclass(frozen=True, repr=False)
class Cyclical(Schedule):
    r"""A ramp from ``start`` to ``stop`` and a hold at ``stop``, repeated over the run.

    With T = total_steps, M = n_cycles, R = ratio, Z = zero_ratio, f the shape and t the step,

    .. math::
        \tau &= \frac{(t \bmod \lceil T / M \rceil) + \mathrm{offset}}{T / M} \\
        \beta &= \begin{cases}
            \mathrm{start} & \tau \le Z \\
            \mathrm{start} + (\mathrm{stop} - \mathrm{start})\, f((\tau - Z) / R)
                & Z < \tau \le Z + R \\
            \mathrm{stop} & \tau > Z + R, \text{ or } t \ge T
        \end{cases}

    which with Z = 0 and offset = 0 is eq. (6)-(7) of the paper for every T and M, their t being
    step + 1. With R = 0 there is no ramp: ``start`` while tau <= Z, then ``stop``; and with
    Z = R = 0 the value is ``stop`` throughout. Where M does not divide T the last cycle is short;
    ``bind`` warns when the run then ends badly.

    References:
        Cyclical Annealing Schedule: A Simple Approach to Mitigating KL Vanishing (Fu et al.,
        NAACL 2019), https://aclanthology.org/N19-1021, section 3.2.
        Optimus (Li et al., EMNLP 2020), https://aclanthology.org/2020.emnlp-main.378, holds 0
        first: ``zero_ratio``.

    Args:
        total_steps: Length of the run in steps. None (default) until ``bind`` gives it.
        n_cycles: Number of cycles in the run; 4 is the paper's. None with ``cycle_steps``.
        ratio: Share of a cycle spent on the ramp, in [0, 1]; 0.5 is the paper's.
        shape: Shape of the ramp: "linear", "cosine", "sigmoid", "exponential" or a registered name.
        start: Value at the beginning of each ramp. May exceed ``stop``.
        stop: Value at its end, held for the rest of the cycle and after the run.
        zero_ratio: Share of a cycle during which ``start`` is held before the ramp.
        offset: Steps added to the position inside the cycle: 1 for scripts that increment the
            weight before they use it.
        cycle_steps: Length of every cycle in steps, whatever the run's length; see ``every``.

    Raises:
        ValueError: An argument is outside its range; or, when called, the length is not known.

    Example:
        >>> Cyclical(8, n_cycles=2, ratio=0.5).values()
        [0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0, 1.0]
        >>> print(Cyclical(40_000).describe())
        4 cycles x 10,000 steps: ramp 5,000, hold 5,000; ends at 1.0
    """

    name = "cyclical"

    total_steps: int | None = None
    n_cycles: int | None = 4
    ratio: float = 0.5
    shape: str = "linear"
    _: KW_ONLY
    start: float = 0.0
    stop: float = 1.0
    zero_ratio: float = 0.0
    offset: int = 0
    cycle_steps: int | None = None

    def __post_init__(self) -> None:
        if self.cycle_steps is not None and self.n_cycles is not None:
            raise ValueError(
                f"n_cycles must be None where cycle_steps is given, got {self.n_cycles!r}: "
                "Cyclical.every(cycle_steps, ramp_steps) makes such a schedule"
            )
        check_shape(self.shape)
        for name in ("ratio", "zero_ratio"):
            object.__setattr__(self, name, share(name, getattr(self, name)))
        for name in ("start", "stop"):
            object.__setattr__(self, name, finite(name, getattr(self, name)))
        lengths = {"total_steps": 1, "cycle_steps": 1, "n_cycles": 1, "offset": 0}
        optional = ["total_steps", "cycle_steps" if self.cycle_steps is None else "n_cycles"]
        for name, minimum in lengths.items():
            if not (name in optional and getattr(self, name) is None):
                object.__setattr__(self, name, whole(name, getattr(self, name), minimum))
        if self.zero_ratio + self.ratio > 1.0 + SNAP:
            raise ValueError(
                f"zero_ratio + ratio must be <= 1, got {self.zero_ratio} + {self.ratio}"
            )

    @classmethod
    def every(
        cls,
        cycle_steps: int,
        ramp_steps: int,
        shape: str = "linear",
        *,
        start: float = 0.0,
        stop: float = 1.0,
        zero_steps: int = 0,
        offset: int = 0,
    ) -> Cyclical:
        """Return cycles of a fixed length, for runs whose length is not known.

        Args:
            cycle_steps: Length of a cycle in steps.
            ramp_steps: Length of its ramp in steps.
            shape: Shape of the ramp.
            start: Value at the beginning of each ramp.
            stop: Value at its end.
            zero_steps: Steps at ``start`` before the ramp.
            offset: Steps added to the position inside the cycle.

        Raises:
            ValueError: An argument is outside its range, or hold and ramp exceed the cycle.

        Example:
            >>> Cyclical.every(4, 2).values(7)
            [0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0]
        """
        cycle_steps = whole("cycle_steps", cycle_steps, 1)
        ramp_steps = whole("ramp_steps", ramp_steps, 0)
        zero_steps = whole("zero_steps", zero_steps, 0)
        if ramp_steps + zero_steps > cycle_steps:
            raise ValueError(
                f"zero_steps + ramp_steps must be <= cycle_steps={cycle_steps}, "
                f"got {zero_steps} + {ramp_steps}"
            )
        return cls(
            n_cycles=None,
            ratio=ramp_steps / cycle_steps,
            shape=shape,
            start=start,
            stop=stop,
            zero_ratio=zero_steps / cycle_steps,
            offset=offset,
            cycle_steps=cycle_steps,
        )

    @classmethod
    def from_epochs(
        cls,
        epochs: int,
        steps_per_epoch: int,
        cycle_epochs: float,
        warmup_epochs: float,
        shape: str = "linear",
        *,
        start: float = 0.0,
        stop: float = 1.0,
        offset: int = 0,
    ) -> Cyclical:
        """Return cycles measured in epochs, for a run of known length; warns as ``bind`` does.

        Args:
            epochs: Length of the run.
            steps_per_epoch: Steps (optimizer updates) in an epoch.
            cycle_epochs: Length of a cycle; may be a fraction, and is then rounded to whole steps
                where the run is no whole number of cycles.
            warmup_epochs: Length of its ramp; may be a fraction.
            shape: Shape of the ramp; this and the rest as in ``Cyclical``.
            start: Value at the beginning of each ramp.
            stop: Value at its end.
            offset: Steps added to the position inside the cycle.

        Raises:
            ValueError: A length is below 1, a cycle shorter than a step, ``warmup_epochs`` is not
                within the cycle, or another value is one that ``Cyclical`` refuses.

        Example:
            >>> Cyclical.from_epochs(40, 1_000, cycle_epochs=10, warmup_epochs=5)
            Cyclical(total_steps=40000, n_cycles=4, ratio=0.5, shape='linear')
        """
        epochs, cycle = whole("epochs", epochs, 1), finite("cycle_epochs", cycle_epochs)
        steps = whole("steps_per_epoch", steps_per_epoch, 1)
        warmup = finite("warmup_epochs", warmup_epochs)
        if cycle * steps < 1.0:
            raise ValueError(f"cycle_epochs must be at least 1/{steps}, got {cycle_epochs!r}")
        if not 0.0 <= warmup <= cycle:
            raise ValueError(f"warmup_epochs must be in [0, {cycle:g}], got {warmup_epochs!r}")
        cycles = round(epochs / cycle)
        fits = math.isclose(cycles * cycle, epochs)
        schedule = cls(
            epochs * steps,
            cycles if fits else None,
            warmup / cycle,
            shape,
            start=start,
            stop=stop,
            offset=offset,
            cycle_steps=None if fits else round(cycle * steps),
        )
        schedule.bind(epochs * steps)  # for its warning
        return schedule

    def formula(self, step: Any, xp: Any) -> Any:
        """See ``Schedule.formula``."""
        period, cycles, length = self._timing()
        position = step % period + self.offset
        # One rounding, after exact integers: a step at tau = R gets the value of R.
        tau = position * cycles / length
        ratio = self.ratio
        progress = (tau - self.zero_ratio) / ratio if ratio else self._at_once(tau, xp)
        total = self.total_steps
        if xp is scalars:  # fewer calls at every step of a training loop
            if total is not None and step >= total:
                return self.stop
            return ramp_of_number(progress, self.shape, self.start, self.stop)
        value = ramp(progress, self.shape, self.start, self.stop, xp, share=ratio)
        return value if total is None else xp.where(step >= total, self.stop, value)

    def _timing(self) -> tuple[int, int, int]:
        """Return the cycle's length in steps, and two numbers whose quotient M / T is 1 / cycle."""
        if self.cycle_steps is not None:
            return self.cycle_steps, 1, self.cycle_steps
        if self.total_steps is None:
            raise ValueError(f"{self!r} does not know the run's length: call bind(total_steps)")
        cycles: int = self.n_cycles  # type: ignore[assignment]  # an int where cycle_steps is None
        return -(-self.total_steps // cycles), cycles, self.total_steps

    def _progress(self, tau: Any, xp: Any) -> Any:
        return (tau - self.zero_ratio) / self.ratio if self.ratio else self._at_once(tau, xp)

    def _at_once(self, tau: Any, xp: Any) -> Any:
        """Give the progress of a ramp without length."""
        last = self.zero_ratio + tolerance(tau, xp) if self.zero_ratio else -1.0
        return xp.where(tau > last, 1.0, 0.0 * tau)

    @property
    def first_hold(self) -> int:
        """Position in a cycle from which it holds ``stop``; the period where it never does."""
        period, cycles, length = self._timing()
        edge = (self.zero_ratio + self.ratio) * length / cycles - self.offset
        first = min(max(math.floor(edge) - 1, 0), period)
        while first < period:
            if self._progress((first + self.offset) * cycles / length, scalars) >= 1.0 - SNAP:
                break
            first += 1
        return first

    def _cycle_ends(self, steps: int) -> tuple[int, ...]:
        """See ``Schedule.cycle_ends``."""
        cycles = self.with_total(steps)
        period, last = cycles.period, min(steps, cycles.total_steps or steps)
        return (*range(period, last, period), last)

    def restarts(self, steps: int | None = None) -> Cyclical:
        """See ``Schedule.restarts``."""
        cycles = self if steps is None else self.with_total(steps)
        if cycles.horizon is None:
            raise ValueError(f"{self!r} does not know the length of the run: give total_steps")
        return replace(
            cycles, ratio=1.0, shape="cosine", start=1.0, stop=0.0, zero_ratio=0.0, offset=0
        )

    @property
    def period(self) -> int:
        """Length of a cycle in steps: where learning rates may restart with it.

        Raises:
            ValueError: The run's length is not known.
        """
        return self._timing()[0]

    @property
    def horizon(self) -> int | None:
        """The run, or four cycles of a fixed length."""
        if self.total_steps is None and self.cycle_steps is not None:
            return 4 * self.cycle_steps
        return self.total_steps

    @property
    def final(self) -> float:
        """The value held at the end of a cycle."""
        return self.stop

    @property
    def is_endless(self) -> bool:
        """Whether cycles go on without an end."""
        return self.total_steps is None and self.cycle_steps is not None

    def with_total(self, total_steps: int) -> Self:
        """See ``Schedule.with_total``."""
        return self if self.total_steps is not None else replace(self, total_steps=total_steps)

    def plan(self) -> str:
        """See ``Schedule.plan``."""
        if self.horizon is None:
            plan = f"wait {self.zero_ratio:.4g}, " if self.zero_ratio else ""
            plan += climb(self.shape, self.start, f"{self.ratio:.4g} of each")
            return f"{self.n_cycles} equal cycles: {plan}, then hold"
        period, cycles, length = self._timing()
        first_hold = self.first_hold
        before = math.ceil(self.zero_ratio * length / cycles - self.offset - 1e-9)
        waiting = min(max(before, 0), first_hold) if self.ratio else first_hold
        plan = f"wait {waiting:,}, " if waiting else ""
        plan += climb(self.shape, self.start, f"{first_hold - waiting:,}")
        plan += f", hold {period - first_hold:,}"
        if self.total_steps is None:
            return f"cycles x {period:,} steps: {plan}"
        return f"{cycles_in_words(self.total_steps, period)}: {plan}"

    def ending_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.ending_problem``."""
        from .cycle_ending import problem

        return problem(self, stretch)

    def length_problem(self, stretch: Stretch) -> str | None:
        """See ``Schedule.length_problem``; a longer one may be that of a run in several parts."""
        from .cycle_ending import held_after

        return held_after(self, stretch)
