"""Many schedules on the ten sequences and on text: what the studies of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..illustrative.problem import Settings
from ..illustrative.sequence_runs import SequenceRuns
from ..judging import BySeed
from ..measurements.factors import COLUMNS as FACTOR_COLUMNS
from ..measurements.factors import FactorProbe, FactorProbes
from ..reproducing import Request, ResultTable, TextRuns, Watcher
from .sequence_training import train_sequences
from .synthetic_text import COLUMNS, REMARKS, train_betas
from .treebank_cells import TreebankCells, train_treebank

__all__ = ["GridRuns", "train_grid_of"]

SEQUENCE_COLUMNS = {"rec": 2, "kl": 2, "loss": 3, "information": 2, "identified": 2}
"""Figures in nats per sequence; loss is -elbo, identified the share of samples of z whose most
probable posterior is their own."""

_STEPS, _QUICK_STEPS = 8_000, 2_000


@dataclass(frozen=True)
class GridRuns:
    """The runs of some schedules on every problem.

    Args:
        labels: What the schedules are called, by their text form.
        sequences: Runs on the ten sequences.
        text: Runs on the synthetic text.
        probes: What can be read out of z there.
        treebank: Runs of a few of the schedules on Penn Treebank.
    """

    labels: Mapping[str, str]
    sequences: SequenceRuns
    text: TextRuns
    probes: FactorProbes
    treebank: TreebankCells

    def on_text(self) -> dict[str, tuple[BySeed, dict[str, str]]]:
        """Give the runs on each text with the cells of the schedules that were trained there."""
        treebank = {name: self.treebank.cell(name) for name in self.labels}
        trained = {name: cell for name, cell in treebank.items() if cell in self.treebank.runs.runs}
        return {
            "synthetic text": (self.text, {name: name for name in self.labels}),
            "Penn Treebank": (self.treebank.runs, trained),
        }

    def tables(self) -> list[ResultTable]:
        """Give the figures at the end of every problem."""
        steps = self.sequences.settings.steps
        sequences = ResultTable(
            f"Ten sequences after {steps:,} steps (nats per sequence)",
            SEQUENCE_COLUMNS,
            {name: self.sequences.spreads(name, tuple(SEQUENCE_COLUMNS)) for name in self.labels},
            labels=self.labels,
        )
        text = ResultTable(
            "Synthetic text, test split (nats per sentence; shares of sentences whose factor a "
            "linear probe finds)",
            COLUMNS | FACTOR_COLUMNS,
            {
                name: self.text.spreads(name, tuple(COLUMNS)) | self.probes.spreads(name)
                for name in self.labels
            },
            labels=self.labels,
        )
        treebank = [self.treebank.table(self.labels)] if self.treebank.begun else []
        return [sequences, text, *treebank]

    def results(self) -> list[dict[str, Any]]:
        """Give what a ``results.json`` holds of every run."""
        return [*self.sequences.results(), *self.text.results(), *self.treebank.runs.results()]

    def remarks(self) -> tuple[str, ...]:
        """Say in which sizes the study was made."""
        steps = self.sequences.settings.steps
        return (
            f"The ten sequences are trained for {steps:,} steps here, not for the 40,000 of "
            "Figures 3 and 4; there loss is -elbo, and identified the share of samples of z whose "
            "most probable sequence is the right one.",
            *REMARKS,
            "The probe learns topic, mood, tense and number from the means of q(z|x) of 500 "
            "sentences; by guessing they are found in 1 of 8, 1 of 2, 1 of 3 and 1 of 2. It "
            "standardises the means, so it also finds what is there too faintly for the decoder.",
        )


def train_grid_of(
    labels: Mapping[str, str],
    treebank: Sequence[str],
    seeds: Sequence[int],
    request: Request,
    watcher: Watcher,
) -> GridRuns:
    """Train every schedule on the small problems, and some on Penn Treebank if it is there.

    What has been trained before is not trained again.

    Args:
        labels: What the schedules are called, by their text form.
        treebank: Those for Penn Treebank.
        seeds: The seeds.
        request: Where and how; without a data folder Penn Treebank is left out.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If a file is missing, or a run could not be trained to its end.
    """
    settings = Settings(steps=_QUICK_STEPS if request.quick else _STEPS)
    sequences = train_sequences(list(labels), seeds, settings, request, watcher)
    probe = FactorProbe()
    text = train_betas(list(labels), seeds, request, watcher, [probe])
    cells = train_treebank(treebank, seeds, request, watcher)
    return GridRuns(labels, sequences, text, FactorProbes(text.measured(probe)), cells)
