"""Curves over the epochs of text runs, a line a setting."""

from collections.abc import Mapping

import numpy as np

from ...report.figures import Curve, Panel, draw_panels
from ...report.picture import Picture
from ..reproducing import TextRuns

__all__ = ["curves_by_epoch"]

_PANELS = (
    ("elbo", "-elbo (nats per sentence)", -1.0),
    ("rec", "rec (nats per sentence)", 1.0),
    ("kl", "kl (nats per sentence)", 1.0),
)


def curves_by_epoch(
    found: TextRuns, name: str, labels: Mapping[str, str]
) -> list[tuple[Picture, str]]:
    """Draw the validation figures of every setting over the epochs; nothing if no run has ended.

    Args:
        found: The runs.
        name: What the picture's files are called.
        labels: What the settings are called in the legend.
    """
    ended = [cell.name for cell in found.cells if found.runs[cell.name]]
    if not ended:
        return []
    panels = [
        Panel(
            title.split(" (")[0],
            "epoch",
            title,
            [_curve(found, cell, labels.get(cell, cell), figure, sign) for cell in ended],
        )
        for figure, title, sign in _PANELS
    ]
    caption = (
        "Validation split at beta = 1 after every epoch. Lines: means over seeds; bands: from the "
        "least to the greatest."
    )
    return [(draw_panels(name, caption, panels, columns=1, legend_columns=2), caption)]


def _curve(found: TextRuns, cell: str, label: str, figure: str, sign: float) -> Curve:
    key = f"valid/{figure}"
    rows = [
        [sign * line[key] for line in run.metrics() if key in line]
        for run in found.runs[cell].values()
    ]
    epochs = min(len(row) for row in rows)
    table = np.array([row[:epochs] for row in rows])
    x = np.arange(1.0, epochs + 1)
    several = len(rows) > 1
    band = (table.min(0), table.max(0)) if several else (None, None)
    return Curve(label, x, table.mean(0), *band)
