"""Figures 6 and 9: accuracy over labelled sentences, and who lies near whom."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from ...measures import spread_rows
from ...models import encode_corpus
from ...report.figures import COLOURS, Picture, draw
from ...report.neighbourhoods import draw_neighbourhoods, neighbourhoods
from ...runs import load
from ...training import resolve_device
from ..measurements.label_probes import Readings
from ..reproducing import Request, TextRuns

__all__ = ["draw_accuracies", "draw_codes"]

_SENTENCES, _QUICK_SENTENCES = 5_000, 500
_TITLES = {"frozen": "Encoder as it is", "tuned": "Encoder learning too"}


def draw_accuracies(
    readings: Mapping[str, Mapping[int, Readings]], names: Mapping[str, str]
) -> list[tuple[Picture, str]]:
    """Draw accuracy over the number of labelled sentences; nothing if nothing was measured.

    Args:
        readings: By model and seed.
        names: What the models are called.
    """
    measured = [name for name, seeds in readings.items() if seeds]
    if not measured:
        return []

    def paint(figure: Figure) -> None:
        grid = figure.subplots(1, 2, sharey=True)
        for axes, (way, title) in zip(grid, _TITLES.items(), strict=True):
            for name, colour in zip(measured, COLOURS, strict=False):
                x, table = _table(readings[name], way)
                if not len(x):
                    continue
                axes.plot(x, table.mean(0), "o-", color=colour, label=names[name], ms=3, lw=1.4)
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
    found: TextRuns, names: Mapping[str, str], request: Request
) -> list[tuple[Picture, str]]:
    """Draw where test sentences are in the latent space of every model of the first seed.

    Args:
        found: The runs.
        names: What the models are called.
        request: The seed, and whether it is to be quick.
    """
    runs = {
        name: seeds[request.seed]
        for name, seeds in found.runs.items()
        if request.seed in seeds and request.train
    }
    if not runs:
        return []
    corpus = next(iter(runs.values())).corpora.test
    rows = spread_rows(len(corpus), _QUICK_SENTENCES if request.quick else _SENTENCES)
    device = resolve_device(request.device)
    maps = {}
    for name, run in runs.items():
        model = load(run.path, parameters="best", device=device).in_use
        maps[names[name]] = neighbourhoods(encode_corpus(model, corpus).mean.numpy()[rows])
    labels = [str((corpus.labels or ())[row]) for row in rows]
    caption = f"{len(rows):,} test sentences in the latent space, by t-SNE (Figure 9)."
    sentiment = {"0": "negative", "1": "positive"}
    return [(draw_neighbourhoods("codes", caption, maps, labels, sentiment), caption)]
