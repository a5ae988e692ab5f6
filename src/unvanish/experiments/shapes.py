"""The study of the ramp's shape: linear, sigmoid, cosine.

The supplement shows the shapes and the authors say that they never trained with others than the
linear one, so there is nothing to compare with; a user wants to know all the same.
"""

import itertools
from collections.abc import Mapping

from .corpora import PTB
from .judging import BySeed, Claim
from .problems.schedule_grid import train_grid_of
from .reproducing import Experiment, Extent, Findings, Request, Watcher

__all__ = ["Shapes", "alike"]

_SHAPES = ("linear", "sigmoid", "cosine")


class Shapes(Experiment):
    """How beta rises."""

    name = "shapes"
    title = "Shape of the ramp: linear, sigmoid, cosine"
    source = "Section 3.2, Figure 7 (never trained in the paper)"
    more_files = PTB
    whole = Extent(3, "15 minutes; on Penn Treebank 3 runs a seed, more than an hour each")
    quick = Extent(1, "1 minute, and on Penn Treebank 5 more")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        labels = {
            **{f"monotonic:0.25,shape={shape}": f"monotonic, {shape}" for shape in _SHAPES},
            **{
                f"cyclical:n_cycles=4,ratio=0.5,shape={shape}": f"cyclical, {shape}"
                for shape in _SHAPES
            },
        }
        cycles = [name for name in labels if name.startswith("cyclical")]
        found = train_grid_of(labels, cycles, self.seeds_of(request), request, watcher)
        return Findings(
            [
                alike(where, runs, _labelled(found.labels, cells, kind), kind)
                for where, (runs, cells) in found.on_text().items()
                for kind in ("monotonic", "cyclical")
                if any(name.startswith(kind) for name in cells)
            ],
            found.tables(),
            runs=found.results(),
            remarks=found.remarks(),
        )


def _labelled(labels: Mapping[str, str], cells: Mapping[str, str], kind: str) -> dict[str, str]:
    """Give the labels of a kind's schedules by their cells on a text."""
    return {cell: labels[name] for name, cell in cells.items() if name.startswith(kind)}


def alike(where: str, runs: BySeed, labels: Mapping[str, str], kind: str) -> Claim:
    """Tell which pairs of shapes differ beyond the noise of the seeds; it proves nothing.

    Args:
        where: Which text they were trained on.
        runs: The runs.
        labels: What the shapes are called, by cell.
        kind: Of which schedule they are the shapes.
    """
    pairs = itertools.product(itertools.combinations(labels, 2), ("kl", "elbo"))
    judged = [
        (f"{labels[one]} less {labels[other]}: {figure}", difference)
        for (one, other), figure in pairs
        if (difference := runs.difference(one, other, figure)) is not None
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
        f"The shape of the ramp makes no difference to KL and elbo ({kind}, {where})",
        "not in the paper",
        "not established",
        evidence if judged else "one seed, or not measured",
    )
