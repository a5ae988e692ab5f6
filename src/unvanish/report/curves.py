"""Curves over training, of one run or of several."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from .figures import Curve, Panel, draw_panels
from .history import History, Plan, Series
from .picture import Picture

__all__ = [
    "Group",
    "Traced",
    "below_ribbons",
    "draw_curves",
    "draw_run",
    "draw_schedules",
    "shade_of",
]

_STEP = "training step"
_NATS = "nats per sentence"
_RIBBONS = 0.4
"""Share of a panel's height that the ribbons of beta may have together."""


@dataclass(frozen=True)
class Traced:
    """What curves need of a run.

    Args:
        history: Its metrics.
        plan: Its schedule.
        gradient_clip: The norm above which its gradient was cut, if any.
    """

    history: History
    plan: Plan
    gradient_clip: float | None = None


@dataclass(frozen=True)
class Group:
    """Runs that differ in their seeds alone, drawn as one line.

    Args:
        name: What the legend calls them.
        runs: The runs.
    """

    name: str
    runs: Sequence[Traced]

    def curve(self, figure: str) -> Curve:
        """Give the mean over the runs, from the least to the greatest as a band.

        Args:
            figure: As in the metrics.
        """
        return average(self.name, [run.history.series(figure) for run in self.runs])


def average(label: str, members: Sequence[Series]) -> Curve:
    """Give the mean of series at the steps that all of them have, with a band.

    Args:
        label: Name of the curve.
        members: At least one series.
    """
    steps = reduce(np.intersect1d, [series.steps for series in members])
    common = [Series(steps, s.values[np.isin(s.steps, steps)]).thinned() for s in members]
    rows, shown = np.array([series.values for series in common]), common[0].steps
    if len(members) == 1:
        return Curve(label, shown, rows[0])
    return Curve(label, shown, rows.mean(0), rows.min(0), rows.max(0))


def draw_schedules(name: str, groups: Sequence[Group]) -> Picture:
    """Draw beta over training.

    Args:
        name: Name of the picture.
        groups: The runs.
    """
    curves = [average(group.name, [group.runs[0].plan.beta]) for group in groups]
    top = max(group.runs[0].plan.top for group in groups)
    panel = Panel("", _STEP, "beta", curves, y_limits=(-0.03 * top, 1.05 * top))
    unfinished = [run for group in groups for run in group.runs if not _complete(run)]
    if len(groups) == 1 and unfinished:
        panel = replace(panel, boundary=(unfinished[0].history.last_step, "as far as the run got"))
    alt = "Beta, the weight of the KL term, over training."
    return draw_panels(name, alt, [panel], columns=1, height=1.9, legend_columns=2, png=False)


def draw_run(name: str, run: Traced) -> Picture:
    """Draw what one run's training and validation text cost, and its gradient.

    Args:
        name: Name of the picture.
        run: The run.
    """
    shade = shade_of(run.plan)
    panels = []
    for figure, title in (("elbo", "ELBO"), ("rec", "Reconstruction"), ("kl", "KL")):
        curves = [
            average(label, [run.history.series(f"{part}/{figure}")])
            for part, label in (("train", "training"), ("valid", "validation"))
        ]
        panels.append(Panel(title, _STEP, _NATS, curves, shades=[shade]))
    norm = average("training", [run.history.series("train/grad_norm")])
    panel = Panel("Gradient norm", _STEP, "norm, before clipping", [norm], shades=[shade])
    clip = run.gradient_clip
    if clip is not None and len(norm.y) and clip < 1.5 * norm.y.max():
        panel = replace(panel, line=(clip, "clipped to"))
    alt = "ELBO, reconstruction, KL and gradient norm over training, beta as an area behind."
    return draw_panels(name, alt, [*panels, panel], height=2.4, png=False)


def draw_curves(name: str, groups: Sequence[Group]) -> Picture:
    """Draw what the validation text costs in several runs, and their gradients.

    Args:
        name: Name of the picture.
        groups: The runs.
    """
    panels = [
        below_ribbons(Panel(title, _STEP, unit, [group.curve(figure) for group in groups]), groups)
        for figure, title, unit in (
            ("valid/elbo", "ELBO (validation)", _NATS),
            ("valid/rec", "Reconstruction (validation)", _NATS),
            ("valid/kl", "KL (validation)", _NATS),
            ("train/grad_norm", "Gradient norm (training)", "norm, before clipping"),
        )
    ]
    alt = "ELBO, reconstruction, KL and gradient norm of every name over training."
    return draw_panels(name, alt, panels, height=2.6, legend_columns=2, png=False)


def below_ribbons(panel: Panel, groups: Sequence[Group], *, floor: float = math.inf) -> Panel:
    """Make room at the top of a panel for the beta of every group, one below the other.

    Args:
        panel: The panel.
        groups: The runs.
        floor: A height that is to be visible even if every curve is above it.
    """
    each = min(0.09, _RIBBONS / len(groups))
    ribbons = []
    for k, group in enumerate(groups, 1):
        shade = shade_of(group.runs[0].plan)
        base = np.full_like(shade.y, 1 - each * k)
        height = base + 0.85 * each * shade.y
        ribbons.append(Curve(group.name, shade.x, height, low=base))
    edges = [edge for c in panel.curves for edge in (c.y, c.low, c.high) if edge is not None]
    values = np.concatenate([*edges, np.zeros(0)])
    if not len(values):
        return replace(panel, shades=ribbons)
    low, high = min(floor, float(values.min())), float(values.max())
    span, room = (high - low) or 1.0, each * len(groups) + 0.03
    limits = (low - 0.05 * span, high + 1.05 * span * room / (1 - room))
    return replace(panel, shades=ribbons, y_limits=limits)


def _complete(run: Traced) -> bool:
    return run.plan.total_steps is None or run.history.last_step >= run.plan.total_steps


def shade_of(plan: Plan) -> Curve:
    """Give beta as shares of the frame's height, to stand behind the lines of a run.

    Args:
        plan: Its schedule.
    """
    return Curve("", plan.beta.steps, plan.beta.values / plan.top)
