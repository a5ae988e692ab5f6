"""What the loop tells whoever watches it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..measures.figure_text import figure_text

__all__ = ["LogReporter", "Logger", "Plan", "Reporter"]


@dataclass(frozen=True)
class Plan:
    """What is about to be trained.

    Args:
        name: The run's name.
        parameters: Number of trainable parameters.
        sentences: Sentences of the training split.
        total_steps: Optimizer steps of the run.
        unit: What lies between two validations, ``"epoch"`` or ``"round"``.
        rounds: How many of them there are.
        steps_per_round: Optimizer steps of each.
        beta: The schedule in words.
        sparkline: The schedule as a row of characters.
        device: Where the model is.
        precision: ``"bf16"`` or ``"fp32"``.
        reading: What was read, dropped and unknown, one line a split.
    """

    name: str
    parameters: int
    sentences: int
    total_steps: int
    unit: str
    rounds: int
    steps_per_round: int
    beta: str
    sparkline: str
    device: str
    precision: str
    reading: tuple[str, ...]


class Reporter:
    """Hears of a run's progress and does nothing; override what should be shown."""

    def started(self, plan: Plan) -> None:
        """The run begins."""

    def resumed(self, step: int) -> None:
        """The run goes on from a checkpoint; comes before :meth:`started`."""

    def stepped(self, step: int, figures: Mapping[str, float]) -> None:
        """Some optimizer steps are done; ``figures`` are means since the last call."""

    def evaluated(self, n: int, split: str, figures: Mapping[str, float]) -> None:
        """A split has been evaluated after a round, counted from 1; the plan says its unit."""

    def warned(self, message: str) -> None:
        """Something deserves attention."""

    def finished(self) -> None:
        """The run has ended, well or not."""


class LogReporter(Reporter):
    """Writes progress to the ``unvanish`` logger: the default in Python."""

    logger = logging.getLogger("unvanish")
    _unit = "epoch"

    def started(self, plan: Plan) -> None:
        """Log the plan."""
        self._unit = plan.unit
        self.logger.info("%s: %d steps, beta: %s", plan.name, plan.total_steps, plan.beta)

    def resumed(self, step: int) -> None:
        """Log where it goes on."""
        self.logger.info("going on from step %d", step)

    def evaluated(self, n: int, split: str, figures: Mapping[str, float]) -> None:
        """Log the figures of a table."""
        shown = (name for name in ("rec", "kl", "ppl") if name in figures)
        words = ", ".join(f"{name} {figure_text(figures[name], 3)}" for name in shown)
        self.logger.info("%s %d %s: %s", self._unit, n, split, words)

    def warned(self, message: str) -> None:
        """Log a warning."""
        self.logger.warning("%s", message)


class Logger(Protocol):
    """Anything that takes figures by name, such as a run of an experiment tracker."""

    def log(self, figures: dict[str, Any], /, *, step: int) -> Any:
        """Take the figures of one step."""
        ...
