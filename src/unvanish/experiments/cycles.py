"""The study of M and R: 1 to 8 cycles, of which beta rises for a quarter to all.

The supplement of the paper studies both without code; that more cycles are better for various R is
what its main text says of it.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..measures import summarize
from ..report.figures import Curve, Panel, draw_panels
from ..report.picture import Picture
from .corpora import PTB
from .judging import BySeed, Claim, Contrast, Expected
from .problems.schedule_grid import GridRuns, train_grid_of
from .reproducing import Experiment, Extent, Findings, Request, Watcher

__all__ = ["Cycles", "claims_of", "slope_weights"]

_CYCLES = (1, 2, 3, 4, 5, 6, 7, 8)
_RATIOS = (0.25, 0.5, 0.75, 1.0)

_TREEBANK = ((1, 0.5), (2, 0.5), (4, 0.5), (8, 0.5), (4, 0.25), (4, 1.0))
"""M and R on Penn Treebank: M with the paper's R, and R with its M."""


class Cycles(Experiment):
    """How many cycles, and how much of each is a ramp."""

    name = "cycles"
    title = "Number of cycles M and proportion of the ramp R"
    source = "Section 3.2 and supplement (no numbers published)"
    more_files = PTB
    whole = Extent(5, "two hours; on Penn Treebank 6 runs a seed, more than an hour each")
    quick = Extent(1, "3 minutes, and on Penn Treebank 2 more")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        cycles = (1, 4) if request.quick else _CYCLES
        ratios = (0.5, 1.0) if request.quick else _RATIOS
        labels = {_spec(m, r): f"M = {m}, R = {r:g}" for r in ratios for m in cycles}
        chosen = [spec for m, r in _TREEBANK if (spec := _spec(m, r)) in labels]
        found = train_grid_of(labels, chosen, self.seeds_of(request), request, watcher)
        return Findings(
            claims_of(found, cycles, ratios),
            found.tables(),
            _pictures(found, cycles, ratios),
            found.results(),
            (
                "M = 1 is one ramp; the paper's monotonic schedule is M = 1, R = 0.25. With R = 1 "
                "no cycle holds beta at 1.",
                _time_to_fade(found.sequences.settings.steps, cycles[-1]),
                *found.remarks(),
            ),
        )


def _spec(cycles: int, ratio: float) -> str:
    return f"cyclical:n_cycles={cycles},ratio={ratio:g}"


def _time_to_fade(steps: int, most: int) -> str:
    held = f"{steps // 2:,} with M = 1 and R = 0.5, {steps // 2 // most:,} with M = {most}"
    return (
        "A run spends the last (1 - R) / M of its steps at beta = 1: of the ten sequences' "
        f"{steps:,} steps {held}. KL fades there, so what more cycles keep may be what had less "
        "time to fade."
    )


_FIGURES: dict[str, tuple[str, Expected, str]] = {
    "information": ("make z tell more", "higher", "information"),
    "kl": ("keep more KL", "higher", "kl"),
    "elbo": ("give a better elbo", "higher", "elbo"),
    "loss": ("give a better elbo", "lower", "-elbo"),
}
"""What more cycles are said to do, by the figure that would show it."""


def claims_of(found: GridRuns, cycles: Sequence[int], ratios: Sequence[float]) -> list[Claim]:
    """Judge whether more cycles are better, on each problem by the slope over all M.

    It is the least-squares slope over log2 M, per doubling of M, as a mean over every R of which
    there are several M; so each figure makes one claim, in which all these runs count.

    Args:
        found: The runs.
        cycles: Every M, from the fewest.
        ratios: Every R.
    """
    every = {name: name for name in found.labels}
    problems: dict[str, tuple[BySeed, Mapping[str, str], tuple[str, str]]] = {
        "ten sequences": (found.sequences, every, ("information", "loss")),
        **{where: (*trained, ("kl", "elbo")) for where, trained in found.on_text().items()},
    }
    claims = []
    for where, (runs, cells, figures) in problems.items():
        by_ratio = {ratio: _slope_over(cells, cycles, ratio) for ratio in ratios}
        slopes = {ratio: weights for ratio, weights in by_ratio.items() if weights}
        claims += [_claim(runs, slopes, figure, where) for figure in figures]
    return claims


def _slope_over(cells: Mapping[str, str], cycles: Sequence[int], ratio: float) -> dict[str, float]:
    """Give what each cell of an R counts in its slope; nothing where there are not several M."""
    there = {m: cells[_spec(m, ratio)] for m in cycles if _spec(m, ratio) in cells}
    if len(there) < 2:
        return {}
    return {there[m]: weight for m, weight in slope_weights(list(there)).items()}


def _claim(
    runs: BySeed, slopes: Mapping[float, Mapping[str, float]], figure: str, where: str
) -> Claim:
    does, expected, told = _FIGURES[figure]
    weights = {
        cell: weight / len(slopes) for each in slopes.values() for cell, weight in each.items()
    }
    return Contrast(
        f"More cycles {does} ({where})",
        "Section 3.2 and supplement: better performance with more cycles",
        weights,
        figure,
        expected,
        f"{told} per doubling of M",
        _apart(runs, slopes, figure),
    ).judge(runs)


def slope_weights(cycles: Sequence[int]) -> dict[int, float]:
    """Give what each figure counts in the least-squares slope over log2 M.

    Args:
        cycles: Every M, of two at least.

    Example:
        >>> slope_weights([1, 2, 4])
        {1: -0.5, 2: 0.0, 4: 0.5}
    """
    doublings = np.log2(np.array(cycles, dtype=float))
    away = doublings - doublings.mean()
    return {m: float(w) for m, w in zip(cycles, away / (away**2).sum(), strict=True)}


def _apart(runs: BySeed, slopes: Mapping[float, Mapping[str, float]], figure: str) -> str:
    """Tell the slopes of each R, where there are several."""
    found = {ratio: runs.contrast(weights, figure) for ratio, weights in slopes.items()}
    told = [f"{each.mean:+.3f} with R = {ratio:g}" for ratio, each in found.items() if each]
    return f"; {', '.join(told)}" if len(told) > 1 else ""


def _pictures(
    found: GridRuns, cycles: Sequence[int], ratios: Sequence[float]
) -> list[tuple[Picture, str]]:
    """Draw what is at the end over M, a line for every R."""
    panels = [
        Panel(
            title,
            "cycles M",
            label,
            [
                _curve(cycles, ratio, [[sign * v for v in each.values()] for each in values])
                for ratio in ratios
                if all(values := [runs.values(_spec(m, ratio), figure) for m in cycles])
            ],
        )
        for runs, title, figure, sign, label in (
            (found.sequences, "Ten sequences", "information", 1.0, "I(z, n) (nats)"),
            (found.sequences, "Ten sequences", "loss", 1.0, "-elbo (nats)"),
            (found.text, "Synthetic text", "kl", 1.0, "kl (nats)"),
            (found.text, "Synthetic text", "elbo", -1.0, "-elbo (nats)"),
        )
    ]
    if not all(panel.curves for panel in panels):
        return []
    caption = "At the end of training, over the number of cycles; means over seeds, bands: ranges."
    return [(draw_panels("cycles", caption, panels), caption)]


def _curve(cycles: Sequence[int], ratio: float, values: Sequence[Sequence[float]]) -> Curve:
    mean = np.array([summarize(each).mean for each in values])
    low, high = (np.array([end(each) for each in values]) for end in (min, max))
    return Curve(f"R = {ratio:g}", np.array(cycles, dtype=float), mean, low, high)
