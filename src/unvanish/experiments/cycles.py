"""The study of M and R: 1 to 8 cycles, of which beta rises for a quarter to all.

The supplement of the paper studies both without code; that more cycles are better for various R is
what its main text says of it.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ..measures import summarize
from ..report.figures import Curve, Panel, Picture, draw_panels
from .reproducing import (
    Claim,
    Experiment,
    Findings,
    Request,
    Watcher,
    claim_of_spread,
    paired,
)
from .schedule_grid import GridRuns, train_grid_of

__all__ = ["Cycles"]

_CYCLES = (1, 2, 3, 4, 5, 6, 7, 8)
_RATIOS = (0.25, 0.5, 0.75, 1.0)


class Cycles(Experiment):
    """How many cycles, and how much of each is a ramp."""

    name = "cycles"
    title = "Number of cycles M and proportion of the ramp R"
    source = "Section 3.2 and supplement (no numbers published)"
    seeds: ClassVar[tuple[int, int]] = (3, 1)
    duration = ("an hour", "3 minutes")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        cycles = (1, 4) if request.quick else _CYCLES
        ratios = (0.5, 1.0) if request.quick else _RATIOS
        labels = {_spec(m, r): f"M = {m}, R = {r:g}" for r in ratios for m in cycles}
        found = train_grid_of(labels, self.seeds_of(request), request, watcher)
        return Findings(
            [claim for ratio in ratios for claim in _claims(found, cycles, ratio)],
            found.tables(),
            _pictures(found, cycles, ratios),
            found.text.results(),
            ("M = 1 is the monotonic schedule. With R = 1 no cycle holds beta at 1.",),
        )


def _spec(cycles: int, ratio: float) -> str:
    return f"cyclical:n_cycles={cycles},ratio={ratio:g}"


def _claims(found: GridRuns, cycles: Sequence[int], ratio: float) -> list[Claim]:
    """Judge for one R whether more cycles keep more, from the fewest to the most."""
    few, many = _spec(cycles[0], ratio), _spec(cycles[-1], ratio)
    claims = []
    where = "Section 3.2, supplement"
    if found.sequences[few] and found.sequences[many]:
        more = paired(found.ends(many, "information"), found.ends(few, "information"))
        claims.append(
            claim_of_spread(
                f"More cycles make z tell more (M = {cycles[-1]} against {cycles[0]}, R = "
                f"{ratio:g}; ten sequences)",
                where,
                more,
                "I(z, n)",
            )
        )
    for figure, what in (("kl", "keep more KL"), ("elbo", "give a better elbo")):
        difference = found.text.difference(many, few, figure)
        if difference is not None:
            claims.append(
                claim_of_spread(
                    f"More cycles {what} (M = {cycles[-1]} against {cycles[0]}, R = {ratio:g}; "
                    "synthetic text)",
                    where,
                    difference,
                    figure,
                )
            )
    return claims


def _pictures(
    found: GridRuns, cycles: Sequence[int], ratios: Sequence[float]
) -> list[tuple[Picture, str]]:
    """Draw what is at the end over M, a line for every R."""
    panels = []
    for title, figure in (("Ten sequences", "information"), ("Ten sequences", "loss")):
        curves = [
            _curve(cycles, ratio, [found.ends(_spec(m, ratio), figure) for m in cycles])
            for ratio in ratios
            if all(found.sequences[_spec(m, ratio)] for m in cycles)
        ]
        label = {"information": "I(z, n) (nats)", "loss": "-elbo (nats)"}[figure]
        panels.append(Panel(title, "cycles M", label, curves))
    for figure, sign, label in (("kl", 1.0, "kl (nats)"), ("elbo", -1.0, "-elbo (nats)")):
        curves = []
        for ratio in ratios:
            values = [found.text.values(_spec(m, ratio), figure) for m in cycles]
            if all(values):
                rows = [[sign * value for value in each.values()] for each in values]
                curves.append(_curve(cycles, ratio, rows))
        panels.append(Panel("Synthetic text", "cycles M", label, curves))
    if not all(panel.curves for panel in panels):
        return []
    caption = "At the end of training, over the number of cycles; means over seeds, bands: ranges."
    return [(draw_panels("cycles", caption, panels), caption)]


def _curve(cycles: Sequence[int], ratio: float, values: Sequence[Sequence[float]]) -> Curve:
    mean = np.array([summarize(each).mean for each in values])
    low, high = (np.array([end(each) for each in values]) for end in (min, max))
    return Curve(f"R = {ratio:g}", np.array(cycles, dtype=float), mean, low, high)
