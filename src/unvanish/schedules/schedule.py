"""What every schedule is: a value for every step, counted from 0."""

from __future__ import annotations

from abc import ABC, abstractmethod

from . import scalars
from .attributes import Attributes
from .endings import warn_caller
from .registry import lookup, register
from .steps import is_real, read_step
from .validation import whole
from .wording import short

TYPE_CHECKING = False  # as in typing, whose import would take a tenth of this package's
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar, Self, overload

    from matplotlib.axes import Axes

    from .stretch import Stretch

__all__ = ["Schedule", "check_schedule"]


class Schedule(Attributes, ABC):
    """A pure function of the step: ``beta = schedule(step)``, the first step being 0.

    A schedule has no state, so a resumed run is exact for free. It is a frozen dataclass: ``==``,
    ``hash``, ``pickle`` and, with the names of ``unvanish.schedules``, ``eval(repr(schedule))``
    work.

    To add one, write a frozen dataclass with a class-level ``name`` (under which it is saved and
    parsed) and a ``formula``; the rest follows. Override ``horizon``, ``final``, ``plan``,
    ``with_total`` and ``ending_problem`` where there is more to say.

    PyTorch's ``LambdaLR(optimizer, schedule)`` takes one. Its state holds a copy of the schedule,
    but loading a state changes no schedule: a resumed run uses the one it was made with.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Inverse(Schedule):
        ...     scale: float = 1.0
        ...     name = "doctest-inverse"
        ...
        ...     def formula(self, step, xp):
        ...         return self.scale / (step + 1)
        >>> (Inverse(2.0) * 0.5).values(4)
        [1.0, 0.5, 0.3333333333333333, 0.25]
    """

    name: ClassVar[str]
    """The word for this class in ``to_dict`` and ``parse``."""

    __array_ufunc__: ClassVar[None] = None  # so that numpy_number * schedule asks the schedule

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in vars(cls):
            register(cls.name, cls)

    @abstractmethod
    def formula(self, step: Any, xp: Any) -> Any:
        """Return the value at a step.

        Args:
            step: A number or an array, already checked and >= 0.
            xp: The array namespace that computes with it (``xp.where``, ``xp.clip``, ...).
        """

    if TYPE_CHECKING:

        @overload
        def __call__(self, step: float) -> float: ...
        @overload
        def __call__(self, step: Any) -> Any: ...

    def __call__(self, step: Any) -> Any:
        """Return the value at a step, or at every step of an array.

        Args:
            step: Steps already done, counted from 0. A number gives a float; a numpy or JAX array
                (under ``jit`` and ``vmap`` too) gives an array; a 0-dimensional tensor gives a
                float. Steps below 0 have the value of step 0.

        Raises:
            TypeError: The step is neither a number nor such an array.
            ValueError: The step is infinite or not a number, or the schedule has no length yet.
        """
        if type(step) is int:
            return self.formula(step if step > 0 else 0, scalars)
        return self.formula(*read_step(step))

    @property
    def horizon(self) -> int | None:
        """How many steps show what the schedule does; None while its length is unknown."""
        return 100

    @property
    def final(self) -> float | None:
        """The value a run should end at; None where no value is better than another."""
        return None

    @property
    def is_endless(self) -> bool:
        """Whether it goes on in cycles beyond its ``horizon``."""
        return False

    def values(self, n: int | None = None) -> list[float]:
        """Return the values of the first ``n`` steps.

        Args:
            n: Number of steps; ``horizon`` by default.
        """
        return [self.formula(step, scalars) for step in range(self._length("n", n, 0))]

    def bind(self, total_steps: int) -> Self:
        """Return this schedule for a run of ``total_steps``.

        A length that was given already stays. Warns when the run would end badly, or goes on after
        the cycles that a shorter length was given for.

        Args:
            total_steps: Length of the run in steps (optimizer updates).

        Raises:
            ValueError: ``total_steps`` is no whole number >= 1.
        """
        from .stretch import Stretch

        total_steps = whole("total_steps", total_steps, 1)
        bound, stretch = self.with_total(total_steps), Stretch(total_steps)
        problem = bound.ending_problem(stretch) or bound.length_problem(stretch)
        if problem:
            warn_caller(problem)
        return bound

    def cycle_ends(self, steps: int) -> tuple[int, ...]:
        """Return how many steps are done when each of the cycles has ended: ``()`` without cycles.

        What a schedule holds after its last cycle belongs to none.

        Args:
            steps: Length of the run in steps; a cycle that it cuts off ends there.

        Raises:
            ValueError: ``steps`` is no whole number >= 1.

        Example:
            >>> from unvanish import Cyclical
            >>> Cyclical(40, n_cycles=4).shift(3).cycle_ends(43)
            (13, 23, 33, 43)
        """
        return self._cycle_ends(whole("steps", steps, 1))

    def _cycle_ends(self, steps: int) -> tuple[int, ...]:
        """Return what ``cycle_ends`` returns, for a length that is checked."""
        return ()

    def restarts(self, steps: int | None = None) -> Schedule | None:
        """Return the factor of a learning rate that falls from 1 to 0 in each of the cycles.

        It falls along a cosine. None where there are no cycles.

        Args:
            steps: Length of the run in steps; needed where a part of it has no cycles.

        Raises:
            ValueError: ``steps`` is needed and missing.
        """
        return None

    def with_total(self, total_steps: int) -> Self:
        """Return what ``bind`` returns, without its check."""
        return self

    def ending_problem(self, stretch: Stretch) -> str | None:
        """Return what is wrong with the end of a run and the remedy; None where all is well.

        Args:
            stretch: The part of the run for which this schedule is in charge: its ``steps``, and
                the words for the whole run.
        """
        return None

    def length_problem(self, stretch: Stretch) -> str | None:
        """Return what follows where the schedule was given another length than the run's.

        Args:
            stretch: As in ``ending_problem``.
        """
        return None

    def plan(self) -> str:
        """Return in words what the schedule does, but not where it ends."""
        return repr(self)

    def describe(self, *, steps: int | None = None) -> str:
        """Return the plan in words, and its end.

        Args:
            steps: Length of the run; ``horizon`` by default.
        """
        if self.horizon is None:
            return f"{self.plan()}; the run's length is not known"
        if self.final is None:
            return self.plan()
        if self.is_endless:
            return f"{self.plan()}; each ends at {short(self(self.horizon - 1))}"
        return f"{self.plan()}; ends at {short(self(self._length('steps', steps, 1) - 1))}"

    def sparkline(self, width: int = 40, *, steps: int | None = None) -> str:
        """Return the values as a line of block characters.

        The scale goes from 0, or the least value, to the greatest or ``final``: a run that stops
        early in a ramp shows a low line.

        Args:
            width: Greatest number of characters.
            steps: Number of steps shown; ``horizon`` by default.
        """
        from . import drawing

        sample = drawing.sample_steps(self._length("steps", steps, 1), whole("width", width, 1))
        also = () if self.final is None else (self.final,)
        return drawing.sparkline([self(step) for step in sample], *also)

    def plot(self, ax: Axes | None = None, *, steps: int | None = None, **kwargs: Any) -> Axes:
        """Draw the values with matplotlib.

        Args:
            ax: Axes to draw on; those of a new figure by default.
            steps: Number of steps shown; ``horizon`` by default.
            **kwargs: Passed to ``ax.plot``.

        Returns:
            The axes, labelled "step" and "weight".
        """
        from . import drawing

        sample = drawing.sample_steps(self._length("steps", steps, 1), 2000)
        return drawing.plot(sample, [self(step) for step in sample], ax, **kwargs)

    def _repr_svg_(self) -> str | None:
        from . import drawing

        if self.horizon is None:
            return None
        sample = drawing.sample_steps(self.horizon, 2000)
        return drawing.svg(sample, [self(step) for step in sample], self.describe())

    def _length(self, name: str, steps: int | None, minimum: int) -> int:
        if steps is None and self.horizon is None:
            raise ValueError(f"{self!r} has no length: call bind(total_steps), or give the steps")
        return whole(name, self.horizon if steps is None else steps, minimum)

    def to_dict(self) -> dict[str, Any]:
        """Return the name and all fields as plain values that JSON can hold."""
        from . import specification

        return specification.to_dict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the schedule that ``to_dict`` described; fields left out have their defaults.

        Raises:
            ValueError: A name, key or value is unknown, missing or wrong.
        """
        from . import specification

        return cls._own(specification.from_dict(data))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the schedule written as text.

        Args:
            text: ``name``, ``name:value,...``, ``name:key=value,...`` or the JSON of ``to_dict``. A
                number with a decimal point is a float: ``monotonic:1`` is one step,
                ``monotonic:1.0`` the whole run.

        Raises:
            ValueError: A name, key or value is unknown, missing or wrong.

        Example:
            >>> Schedule.parse("cyclical:n_cycles=8,ratio=0.25")
            Cyclical(total_steps=None, n_cycles=8, ratio=0.25, shape='linear')
        """
        from . import specification

        return cls._own(specification.parse(text))

    def get_config(self) -> dict[str, Any]:
        """Return ``to_dict()``, under the name Keras has for it."""
        return self.to_dict()

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Return ``from_dict(config)``, under the name Keras has for it."""
        return cls.from_dict(config)

    @classmethod
    def _own(cls, schedule: Any) -> Self:
        if not isinstance(schedule, cls):
            raise ValueError(f"this is a {type(schedule).__name__}, not a {cls.__name__}")
        return schedule

    def __mul__(self, factor: float) -> Schedule:
        return _compose("scaled", self, factor) if is_real(factor) else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Schedule:
        return self * (1.0 / float(divisor)) if is_real(divisor) else NotImplemented

    def clamp(self, low: float, high: float) -> Schedule:
        """Return this schedule with its values held in [low, high]."""
        return _compose("clamped", self, low, high)

    def shift(self, n: int) -> Schedule:
        """Return this schedule ``n`` steps later: its value at step - n.

        Args:
            n: Steps of delay, during which the value of step 0 is held. Negative: steps earlier.
        """
        return _compose("shifted", self, n)


def check_schedule(name: str, value: Any) -> Schedule:
    """Return ``value``, or say that the argument ``name`` must be a schedule."""
    if not isinstance(value, Schedule):
        raise ValueError(f"{name} must be a Schedule, got {value!r}")
    return value


def _compose(name: str, *arguments: Any) -> Schedule:
    # By name: the compositions are schedules themselves and so cannot be imported from here.
    composed: Schedule = lookup(name)(*arguments)
    return composed
