"""What the settings of a run come to, whatever is trained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import nn

from ..config import Config, DialogConfig, bound_beta
from ..schedules import Schedule
from .place import Place
from .reporter import Plan
from .timetable import Timetable

__all__ = ["Course", "run_name"]


def run_name(config: Config | DialogConfig) -> str:
    """Give the name tables call a run: the configured one, or its schedule's."""
    return config.name or config.objective.beta


@dataclass(frozen=True)
class Course:
    """How a run goes: its schedule, its rounds, and where it is computed.

    Args:
        name: What tables call the run.
        beta: The weight of the rate, bound to the run's length.
        timetable: How long the run is and what is due when.
        place: Where it is computed, and how exactly.
        problems: What is possible, but hardly meant.
    """

    name: str
    beta: Schedule
    timetable: Timetable
    place: Place
    problems: tuple[str, ...] = ()

    @classmethod
    def bound(
        cls,
        config: Config | DialogConfig,
        place: Place,
        *,
        unit: str,
        rounds: int,
        steps_per_round: int,
        steps_per_epoch: int,
        keeps_cycles: bool = False,
    ) -> "Course":
        """Bind beta to the length of the longest run.

        Args:
            config: Every setting.
            place: Where the run is computed.
            unit: What a round is called.
            rounds: How many there are.
            steps_per_round: Optimizer steps of a round.
            steps_per_epoch: Optimizer steps of a pass over the training split.
            keeps_cycles: Whether the parameters at the end of every cycle of beta are kept.

        Raises:
            UsageError: If the schedule is not possible, or falls below 0.
        """
        total_steps = rounds * steps_per_round
        beta, problems = bound_beta(
            config.objective.beta,
            total_steps=total_steps,
            steps_per_epoch=steps_per_epoch,
        )
        table = Timetable(
            unit,
            rounds,
            steps_per_round,
            config.training.log_every,
            config.training.checkpoint_every,
            beta.cycle_ends(total_steps) if keeps_cycles else (),
        )
        told = tuple(f"{problem} ({table.in_words})" for problem in problems)
        return cls(run_name(config), beta, table, place, told)

    def plan(self, trained: Iterable[nn.Module], sentences: int, reading: Sequence[str]) -> Plan:
        """Say what is about to be trained.

        Args:
            trained: The modules whose parameters move.
            sentences: Sentences of the training split.
            reading: What was read, one line a split.
        """
        table = self.timetable
        return Plan(
            name=self.name,
            parameters=sum(each.numel() for module in trained for each in module.parameters()),
            sentences=sentences,
            total_steps=table.total_steps,
            unit=table.unit,
            rounds=table.rounds,
            steps_per_round=table.steps_per_round,
            beta=self.beta.describe(steps=table.total_steps),
            sparkline=self.beta.sparkline(steps=table.total_steps),
            device=str(self.place.device),
            precision=self.place.precision,
            reading=tuple(reading),
        )
