"""The synthetic text under any schedules, for experiments that the paper made without telling."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...config import override
from ...data import SyntheticText
from ...recipes import load_recipe
from ...runs import Run
from ..reproducing import Cell, Measurement, Request, TextRuns, Watcher, train_cells

__all__ = ["COLUMNS", "REMARKS", "train_betas"]

COLUMNS = {"rec": 2, "kl": 2, "elbo": 2, "active_units": 1}
"""Figures of the test split in nats per sentence, with the digits shown."""

REMARKS = (
    f"The synthetic text is ours. A sentence of it has {SyntheticText().entropy:.2f} nats on "
    "average: no model can have a better elbo.",
    "Initialisation and step size of both problems were chosen so that schedules differ, in trials "
    "that are not recorded: from smaller parameters cycles kept next to nothing on the text, and "
    "monotonic beta on the ten sequences.",
)
"""What a reader has to know of the text, and of its settings."""

_QUICK = {"training.epochs": 4}


def train_betas(
    schedules: Sequence[str],
    seeds: Sequence[int],
    request: Request,
    watcher: Watcher,
    measurements: Sequence[Measurement[Run, object]] = (),
) -> TextRuns:
    """Train the recipe ``synthetic`` under every schedule.

    Args:
        schedules: In text form; each names its cell.
        seeds: The seeds.
        request: Where and how.
        watcher: Who is shown how it gets on.
        measurements: What is measured of every run as soon as it has ended.

    Raises:
        UsageError: If a run could not be trained to its end.
    """
    changes: Mapping[str, Any] = _QUICK if request.quick else {}
    base = override(load_recipe("synthetic").config, changes)
    cells = [Cell(name, override(base, {"objective.beta": name})) for name in schedules]
    return train_cells(cells, seeds, {}, request, watcher, measurements)
