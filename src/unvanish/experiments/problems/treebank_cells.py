"""Chosen schedules on Penn Treebank, for studies of which the paper tells no numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..reproducing import Cell, Request, ResultTable, TextRuns, Watcher, train_cells
from .penn_treebank import as_the_paper, text_files

__all__ = ["TreebankCells", "train_treebank"]

_COLUMNS = {"rec": 2, "kl": 3, "elbo": 2, "ppl": 2, "active_units": 1}
"""Figures of the test split in nats per sentence, with the digits shown."""


@dataclass(frozen=True)
class TreebankCells:
    """The finished runs of some schedules.

    Args:
        runs: By the names of their cells.
    """

    runs: TextRuns

    @staticmethod
    def cell(schedule: str) -> str:
        """Name the cell of a schedule; on the synthetic text it has the schedule's own name."""
        return f"treebank-{schedule}"

    @property
    def begun(self) -> bool:
        """Whether any run has ended."""
        return any(self.runs.runs.values())

    def table(self, labels: Mapping[str, str]) -> ResultTable:
        """Give the figures of the last epoch.

        Args:
            labels: What the schedules are called.
        """
        cells = {self.cell(name): label for name, label in labels.items()}
        present = {name: label for name, label in cells.items() if name in self.runs.runs}
        return ResultTable(
            "Penn Treebank, test split, last epoch (nats per sentence)",
            _COLUMNS,
            {name: self.runs.spreads(name, tuple(_COLUMNS)) for name in present},
            labels=present,
        )


def train_treebank(
    schedules: Sequence[str], seeds: Sequence[int], request: Request, watcher: Watcher
) -> TreebankCells:
    """Train the model of the paper under every schedule as far as that is not done yet.

    Without a data folder nothing is trained; what has been trained before is told all the same.

    Args:
        schedules: In text form.
        seeds: The seeds.
        request: Where and how.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If a file is missing, or a run could not be trained to its end.
    """
    if request.data is None:
        request = replace(request, train=False)
    cells = [
        Cell(TreebankCells.cell(name), as_the_paper(request, {"objective.beta": name}))
        for name in schedules
    ]
    return TreebankCells(train_cells(cells, seeds, text_files(request), request, watcher))
