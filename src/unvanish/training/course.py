"""What the settings of a run come to, whatever is trained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import nn

from ..config import Config, DialogConfig
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

    def plan(self, trained: Iterable[nn.Module], sentences: int, reading: Sequence[str]) -> Plan:
        """Say what is about to be trained; the plan's epochs are the rounds.

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
            steps_per_epoch=table.steps_per_round,
            epochs=table.rounds,
            beta=self.beta.describe(),
            sparkline=self.beta.sparkline(steps=table.total_steps),
            device=str(self.place.device),
            precision=self.place.precision,
            reading=tuple(reading),
        )
