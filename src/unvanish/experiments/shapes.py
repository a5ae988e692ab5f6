"""The study of the ramp's shape: linear, sigmoid, cosine.

The supplement shows the shapes and the authors say that they never trained with others than the
linear one, so there is nothing to compare with; a user wants to know all the same.
"""

import itertools
from typing import ClassVar

from .reproducing import Claim, Experiment, Findings, Request, Verdict, Watcher
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
            runs=found.text.results(),
        )


def _alike(found: GridRuns, kind: str) -> Claim:
    """Judge whether the shape matters: whether a pair of shapes differs beyond the noise."""
    claim = f"The shape of the ramp makes no difference to KL and elbo ({kind})"
    names = [name for name in found.labels if name.startswith(kind)]
    apart, judged = list[str](), 0
    for (one, other), figure in itertools.product(itertools.combinations(names, 2), ("kl", "elbo")):
        difference = found.text.difference(one, other, figure)
        if difference is None or difference.interval is None:
            continue
        judged += 1
        low, high = difference.interval
        if low > 0 or high < 0:
            pair = f"{found.labels[one]} less {found.labels[other]}"
            apart.append(f"{pair}: {figure} {difference.mean:+.2f} ({low:+.2f} to {high:+.2f})")
    if not judged:
        return Claim(claim, "Figure 7", "not established", "one seed, or not measured")
    told = "; ".join(apart) or f"no pair of shapes differs beyond the noise in {judged} comparisons"
    # that nothing was found does not show that nothing is there
    verdict: Verdict = "does not hold" if apart else "not established"
    return Claim(claim, "Figure 7 (an expectation, not a statement)", verdict, told)
