"""Many schedules on the ten sequences and on the synthetic text: what the studies of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .illustrative.problem import Settings
from .reproducing import Request, ResultTable, TextRuns, Watcher
from .sequence_runs import SequenceRuns, train_sequences
from .synthetic_text import COLUMNS, train_betas

__all__ = ["GridRuns", "train_grid_of"]

SEQUENCE_COLUMNS = {"rec": 2, "kl": 2, "loss": 3, "information": 2, "identified": 2}
"""Figures in nats per sequence; loss is -elbo, identified the share of samples of z whose most
probable posterior is their own."""

_STEPS, _QUICK_STEPS = 8_000, 2_000


@dataclass(frozen=True)
class GridRuns:
    """The runs of some schedules on both problems.

    Args:
        labels: What the schedules are called, by their text form.
        sequences: Runs on the ten sequences.
        text: Runs on the synthetic text.
    """

    labels: Mapping[str, str]
    sequences: SequenceRuns
    text: TextRuns

    def tables(self) -> tuple[ResultTable, ResultTable]:
        """Give the figures at the end of both problems."""
        steps = self.sequences.settings.steps
        return (
            ResultTable(
                f"Ten sequences after {steps:,} steps (nats per sequence)",
                SEQUENCE_COLUMNS,
                {
                    name: self.sequences.spreads(name, tuple(SEQUENCE_COLUMNS))
                    for name in self.labels
                },
                labels=self.labels,
            ),
            ResultTable(
                "Synthetic text, test split (nats per sentence)",
                COLUMNS,
                {name: self.text.spreads(name, tuple(COLUMNS)) for name in self.labels},
                labels=self.labels,
            ),
        )

    def results(self) -> list[dict[str, Any]]:
        """Give what a ``results.json`` holds of every run."""
        return [*self.sequences.results(), *self.text.results()]

    def remark(self) -> str:
        """Say in which sizes the study was made."""
        steps = self.sequences.settings.steps
        return (
            f"The ten sequences are trained for {steps:,} steps here, not for the 40,000 of "
            "Figures 3 and 4; the synthetic text is ours."
        )


def train_grid_of(
    labels: Mapping[str, str], seeds: Sequence[int], request: Request, watcher: Watcher
) -> GridRuns:
    """Train every schedule on both problems as far as that is not done yet.

    Args:
        labels: What the schedules are called, by their text form.
        seeds: The seeds.
        request: Where and how.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If a run could not be trained to its end.
    """
    settings = Settings(steps=_QUICK_STEPS if request.quick else _STEPS)
    sequences = train_sequences(list(labels), seeds, settings, request, watcher)
    return GridRuns(labels, sequences, train_betas(list(labels), seeds, request, watcher))
