"""The study of M and R: 1 to 8 cycles, of which beta rises for a quarter to all.

The supplement of the paper studies both without code; that more cycles are better for various R is
what its main text says of it.
"""

from collections.abc import Sequence

import numpy as np

from ..measures import summarize
from ..report.figures import Curve, Panel, Picture, draw_panels
from .corpora import PTB
from .judging import Claim, Comparison, judge_comparisons
from .problems.schedule_grid import GridRuns, train_grid_of
from .reproducing import Experiment, Extent, Findings, Request, Watcher

__all__ = ["Cycles", "claims_of"]

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
    whole = Extent(3, "an hour; on Penn Treebank 6 runs a seed, more than an hour each")
    quick = Extent(1, "3 minutes, and on Penn Treebank 2 more")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        cycles = (1, 4) if request.quick else _CYCLES
        ratios = (0.5, 1.0) if request.quick else _RATIOS
        labels = {_spec(m, r): f"M = {m}, R = {r:g}" for r in ratios for m in cycles}
        chosen = [spec for m, r in _TREEBANK if (spec := _spec(m, r)) in labels]
        found = train_grid_of(labels, chosen, self.seeds_of(request), request, watcher)
        return Findings(
            [claim for ratio in ratios for claim in claims_of(found, cycles, ratio)],
            found.tables(),
            _pictures(found, cycles, ratios),
            found.results(),
            (
                "M = 1 is the monotonic schedule. With R = 1 no cycle holds beta at 1.",
                *found.remarks(),
            ),
        )


def _spec(cycles: int, ratio: float) -> str:
    return f"cyclical:n_cycles={cycles},ratio={ratio:g}"


_SAID = {
    "information": "make z tell more",
    "kl": "keep more KL",
    "elbo": "give a better elbo",
}
"""What more cycles are said to do, by the figure that would show it."""


def claims_of(found: GridRuns, cycles: Sequence[int], ratio: float) -> list[Claim]:
    """Judge for one R whether more cycles are better, the most against the fewest.

    Args:
        found: The runs.
        cycles: Every M, from the fewest.
        ratio: R.
    """
    few, many = _spec(cycles[0], ratio), _spec(cycles[-1], ratio)
    against = f"M = {cycles[-1]} against {cycles[0]}, R = {ratio:g}"
    sequences = _comparison("information", many, few, f"{against}; ten sequences")
    claims = judge_comparisons([sequences], found.sequences)
    for where, (runs, cells) in found.on_text().items():
        if few in cells and many in cells:
            pair = cells[many], cells[few]
            of_text = [_comparison(each, *pair, f"{against}; {where}") for each in ("kl", "elbo")]
            claims += judge_comparisons(of_text, runs)
    return claims


def _comparison(figure: str, many: str, few: str, told: str) -> Comparison:
    return Comparison(
        f"More cycles {_SAID[figure]} ({told})",
        "Section 3.2 and supplement: better performance with more cycles",
        many,
        few,
        figure,
        "higher",
    )


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
