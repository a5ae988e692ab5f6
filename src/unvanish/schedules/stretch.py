"""What a schedule inside a composition needs to know to speak of the whole run."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from .wording import plural, short

__all__ = ["Stretch"]


def _same(value: float) -> float:
    return value


@dataclass(frozen=True)
class Stretch:
    """The last steps of a run, in which a schedule is in charge: all of them for most.

    Args:
        steps: Steps of the stretch, counted as the schedule counts them.
        before: Steps of the run before them; negative where the schedule's own first are skipped.
        view: What the run makes of the schedule's values.

    Example:
        >>> stretch = Stretch(1000).after(100).through(lambda value: 0.5 * value)
        >>> stretch.steps, stretch.run, stretch.length(12), stretch.value(1.0)
        (900, 'the run of 1,000 steps, after its first 100,', '112 steps', '0.5')
    """

    steps: int
    before: int = 0
    view: Callable[[float], float] = _same

    def after(self, steps: int) -> "Stretch":
        """Return what is left after so many steps."""
        return replace(self, steps=self.steps - steps, before=self.before + steps)

    def through(self, change: Callable[[float], float]) -> "Stretch":
        """Return the stretch for a schedule whose values are changed before they are used."""
        return replace(self, view=lambda value: self.view(change(value)))

    @property
    def run(self) -> str:
        """The whole run, as the subject of a sentence."""
        words = f"the run of {self.length(self.steps)}"
        if self.before < 0:
            return f"{words}, begun at step {-self.before:,} of the schedule,"
        return f"{words}, after its first {self.before:,}," if self.before else words

    def length(self, steps: int) -> str:
        """Return the whole run's length in words where the stretch has so many steps."""
        return plural(max(steps + self.before, 1), "step")

    def value(self, value: float) -> str:
        """Return one of the schedule's values as the run sees it."""
        return short(self.view(value))
