"""How long a run is, and what is due after which of its optimizer steps."""

from bisect import bisect_left
from dataclasses import dataclass

__all__ = ["Timetable"]


@dataclass(frozen=True)
class Timetable:
    """The rounds of a run and what happens between them.

    Args:
        unit: What a round is called, ``"epoch"`` or ``"round"``.
        rounds: Rounds of the longest run; each ends with a validation.
        steps_per_round: Optimizer steps of a round.
        log_every: Optimizer steps between two lines of the metrics, besides one a round.
        checkpoint_every: Optimizer steps between two checkpoints, besides one a round.
        cycle_ends: Optimizer steps done when each of the cycles of beta whose parameters are kept
            has ended, in order.

    Example:
        >>> table = Timetable("epoch", 2, 5, log_every=2, checkpoint_every=3, cycle_ends=(4, 8, 10))
        >>> [step for step in range(1, 11) if table.logs(step)]
        [2, 4, 5, 6, 8, 10]
        >>> [step for step in range(1, 11) if table.saves(step)]
        [3, 6, 9]
        >>> {step: table.cycle_ended(step) for step in (4, 5, 8, 10)}
        {4: 1, 5: None, 8: 2, 10: 3}
        >>> table.in_words
        'an epoch has 5 steps'
    """

    unit: str
    rounds: int
    steps_per_round: int
    log_every: int
    checkpoint_every: int
    cycle_ends: tuple[int, ...] = ()

    @property
    def total_steps(self) -> int:
        """Optimizer steps of the longest run."""
        return self.rounds * self.steps_per_round

    @property
    def in_words(self) -> str:
        """How long a round is."""
        article = "an" if self.unit == "epoch" else "a"
        return f"{article} {self.unit} has {self.steps_per_round:,} steps"

    def ends_round(self, step: int) -> bool:
        """Tell whether a round ends after so many optimizer steps."""
        return step % self.steps_per_round == 0

    def logs(self, step: int) -> bool:
        """Tell whether a line of the metrics is due after so many optimizer steps."""
        return step % self.log_every == 0 or self.ends_round(step)

    def saves(self, step: int) -> bool:
        """Tell whether a checkpoint is due; that of a round's end comes after its validation."""
        return step % self.checkpoint_every == 0 and not self.ends_round(step)

    def cycle_ended(self, step: int) -> int | None:
        """Give the number, from 1, of the cycle whose parameters are kept after so many steps."""
        place = bisect_left(self.cycle_ends, step)
        return place + 1 if step in self.cycle_ends[place : place + 1] else None
