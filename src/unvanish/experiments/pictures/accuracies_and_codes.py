"""Figures 6 and 9: accuracy over labelled sentences, and who lies near whom."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from ...report.figures import draw
from ...report.neighbourhoods import draw_neighbourhoods
from ...report.picture import Picture
from ...report.styles import styles
from ..measurements.codes import CodeMap
from ..measurements.readings import Readings

__all__ = ["draw_accuracies", "draw_codes"]

_TITLES = {"frozen": "Encoder as it is", "tuned": "Encoder learning too"}


def draw_accuracies(
    readings: Mapping[str, Mapping[int, Readings]], names: Mapping[str, str]
) -> list[tuple[Picture, str]]:
    """Draw accuracy over the number of labelled sentences; nothing if nothing was measured.

    Args:
        readings: By model and seed.
        names: What the models are called.

    Raises:
        UsageError: If there are more models than lines that can be told apart.
    """
    measured = [name for name, seeds in readings.items() if seeds]
    if not measured:
        return []

    def paint(figure: Figure) -> None:
        grid = figure.subplots(1, 2, sharey=True)
        for axes, (way, title) in zip(grid, _TITLES.items(), strict=True):
            for name, (colour, line) in zip(measured, styles(len(measured)), strict=True):
                x, table = _table(readings[name], way)
                if not len(x):
                    continue
                mean, label = table.mean(0), names[name]
                axes.plot(x, mean, f"o{line}", color=colour, label=label, ms=3, lw=1.4)
                axes.fill_between(x, table.min(0), table.max(0), color=colour, alpha=0.2, lw=0)
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
            axes.set_title(title, fontsize=10, loc="left")
            axes.set_xlabel("labelled sentences")
            axes.grid(alpha=0.12, linewidth=0.6)
        grid[0].set_ylabel("share of test sentences found")
        handles, labels = grid[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)

    caption = (
        "Accuracy over the number of labelled sentences (Figure 6). Lines: means over seeds and "
        "draws; bands: from the least to the greatest."
    )
    return [(draw("accuracy", caption, (8.0, 3.6), paint), caption)]


def _table(seeds: Mapping[int, Readings], way: str) -> tuple[np.ndarray, np.ndarray]:
    """Give the numbers of labelled sentences, and a row of accuracies for every seed and draw."""
    found = [getattr(read, way) for read in seeds.values()]
    x = np.array([each.labelled for each in found[0]]) if found else np.empty(0)
    rows = [np.array([each.accuracy.values for each in one]).T for one in found]
    return x, np.concatenate(rows) if rows else np.empty((0, 0))


def draw_codes(
    codes: Mapping[str, Mapping[int, CodeMap]], names: Mapping[str, str], seed: int
) -> list[tuple[Picture, str]]:
    """Draw where test sentences are in the latent space of every model of a seed.

    Args:
        codes: Maps by model and seed.
        names: What the models are called.
        seed: Which; nothing is drawn if no model was laid out after it.
    """
    maps = {names[name]: seeds[seed] for name, seeds in codes.items() if seed in seeds}
    if not maps:
        return []
    labels = next(iter(maps.values())).labels
    places = {name: each.places for name, each in maps.items()}
    caption = f"{len(labels):,} test sentences in the latent space, by t-SNE (Figure 9)."
    sentiment = {"0": "negative", "1": "positive"}
    return [(draw_neighbourhoods("codes", caption, places, labels, sentiment), caption)]
