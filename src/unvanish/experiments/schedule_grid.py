"""Many schedules on the ten sequences and on the synthetic text: what the studies of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..measures import Spread, summarize
from .illustrative.problem import Settings
from .illustrative.training import Job, Trajectory
from .illustrative_runs import train_jobs
from .reproducing import Request, ResultTable, TextRuns, Watcher
from .synthetic_text import COLUMNS, train_betas

__all__ = ["GridRuns", "train_grid_of"]

SEQUENCE_COLUMNS = {"rec": 2, "kl": 2, "loss": 3, "information": 2, "identified": 3}
"""Figures in nats per sequence; loss is -elbo, identified the share of samples of z whose most
probable posterior is their own."""


@dataclass(frozen=True)
class GridRuns:
    """The runs of some schedules on both problems.

    Args:
        labels: What the schedules are called, by their text form.
        sequences: Runs on the ten sequences by schedule, seed by seed.
        steps: Their optimizer steps.
        text: Runs on the synthetic text.
    """

    labels: Mapping[str, str]
    sequences: Mapping[str, Sequence[Trajectory]]
    steps: int
    text: TextRuns

    def ends(self, schedule: str, figure: str) -> list[float]:
        """Give a figure of the ten sequences at the end, seed by seed."""
        values = (getattr(run.frames[-1], figure) for run in self.sequences[schedule])
        return [float(getattr(value, "value", value)) for value in values]

    def tables(self) -> tuple[ResultTable, ResultTable]:
        """Give the figures at the end of both problems."""
        sequences: dict[str, dict[str, Spread]] = {
            schedule: {name: summarize(self.ends(schedule, name)) for name in SEQUENCE_COLUMNS}
            for schedule, runs in self.sequences.items()
            if runs
        }
        text = {name: self.text.spreads(name, tuple(COLUMNS)) for name in self.labels}
        title = f"Ten sequences after {self.steps:,} steps (nats per sequence)"
        return (
            ResultTable(title, SEQUENCE_COLUMNS, sequences, labels=self.labels),
            ResultTable(
                "Synthetic text, test split (nats per sentence)", COLUMNS, text, labels=self.labels
            ),
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
    settings = Settings(steps=2_000 if request.quick else 8_000)
    jobs = [Job(schedule, seed) for seed in seeds for schedule in labels]
    found = train_jobs(jobs, settings, request, watcher)
    sequences = {
        schedule: [found[Job(schedule, seed)] for seed in seeds if Job(schedule, seed) in found]
        for schedule in labels
    }
    text = train_betas(list(labels), seeds, request, watcher)
    return GridRuns(labels, sequences, settings.steps, text)
