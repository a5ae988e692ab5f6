"""The study of the ramp's shape: linear, sigmoid, cosine.

The supplement shows the shapes and the authors say that they never trained with others than the
linear one, so there is nothing to compare with; a user wants to know all the same.
"""

import itertools
from typing import ClassVar

from .reproducing import Claim, Experiment, Findings, Request, Watcher
from .schedule_grid import GridRuns, train_grid_of

__all__ = ["Shapes"]

_SHAPES = ("linear", "sigmoid", "cosine")


class Shapes(Experiment):
    """How beta rises."""

    name = "shapes"
    title = "Shape of the ramp: linear, sigmoid, cosine"
    source = "Section 3.2, Figure 7 (never trained in the paper)"
    seeds: ClassVar[tuple[int, int]] = (3, 1)
    duration = ("15 minutes", "1 minute")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        labels = {
            **{f"monotonic:0.25,shape={shape}": f"monotonic, {shape}" for shape in _SHAPES},
            **{
                f"cyclical:n_cycles=4,ratio=0.5,shape={shape}": f"cyclical, {shape}"
                for shape in _SHAPES
            },
        }
        found = train_grid_of(labels, self.seeds_of(request), request, watcher)
        return Findings(
            [_alike(found, kind) for kind in ("monotonic", "cyclical")],
            found.tables(),
            runs=found.results(),
            remarks=(found.remark(),),
        )


def _alike(found: GridRuns, kind: str) -> Claim:
    """Tell which pairs of shapes differ beyond the noise of the seeds; it proves nothing."""
    names = [name for name in found.labels if name.startswith(kind)]
    pairs = itertools.product(itertools.combinations(names, 2), ("kl", "elbo"))
    judged = [
        (f"{found.labels[one]} less {found.labels[other]}: {figure}", difference)
        for (one, other), figure in pairs
        if (difference := found.text.difference(one, other, figure)) is not None
        and difference.interval is not None
    ]
    apart = [
        f"{what} {each.mean:+.2f} ({each.interval[0]:+.2f} to {each.interval[1]:+.2f})"
        for what, each in judged
        if each.interval is not None and (each.interval[0] > 0 or each.interval[1] < 0)
    ]
    told = "; ".join(apart) or "no pair of shapes differs beyond the noise"
    evidence = f"{told} (of {len(judged)} comparisons, some come out by chance)"
    return Claim(
        f"The shape of the ramp makes no difference to KL and elbo ({kind}, synthetic text)",
        "not in the paper",
        "not established",
        evidence if judged else "one seed, or not measured",
    )
