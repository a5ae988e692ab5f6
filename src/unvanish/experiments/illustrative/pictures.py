"""Figures 2, 3 and 4 of the paper for runs of the illustrative problem."""

from collections.abc import Sequence

import numpy as np

from ...processes import beside
from ...report.figures import Curve, Panel, draw_frames, draw_panels
from ...report.picture import Picture
from .evaluation import draw_noise
from .problem import LEAST_LOSS, SCHEDULES, schedules
from .results import TrainedRuns
from .run_json import window_means

__all__ = ["cut_off", "draw_pictures"]

_FIRST = 0.05
"""Part of a run whose curves may leave the frame, so that the others fill it."""


def draw_pictures(
    outcome: TrainedRuns, names: Sequence[str] = ("schedules", "curves", "overview")
) -> dict[str, Picture]:
    """Draw Figures 2, 3 and 4 of the paper (schedules, curves, latent) and an overview.

    The overview, beta beside the KL, says it all in one picture; the report does without.

    Args:
        outcome: The runs.
        names: Which to draw before that of the latent space, which is always drawn.
    """
    of = {"schedules": _draw_schedules, "curves": _draw_curves, "overview": _draw_overview}
    with beside(_draw_latent, outcome) as latent:  # it takes longer than all others
        return {name: of[name](outcome) for name in names} | {"latent": latent()}


def _draw_schedules(outcome: TrainedRuns) -> Picture:
    steps = np.arange(outcome.settings.total + 1)
    panels = [
        Panel(
            name,
            "training step",
            "beta",
            [Curve(name, steps, schedule(steps))],
            y_limits=(-0.05, 1.1),
        )
        for name, schedule in schedules(outcome.settings.steps).items()
    ]
    plans = "; ".join(
        f"{name}: {schedule.describe()}"
        for name, schedule in schedules(outcome.settings.steps).items()
    )
    return draw_panels("schedules", f"Beta over training. {plans}.", panels, columns=3, height=2.0)


def _draw_overview(outcome: TrainedRuns) -> Picture:
    steps = np.arange(outcome.settings.total + 1)
    plans = schedules(outcome.settings.steps)
    weights = [Curve(name, steps, plans[name](steps)) for name in SCHEDULES]
    rates = [_curve(outcome, name, [run.kl for run in outcome.of(name)]) for name in SCHEDULES]
    panels = [
        Panel("Weight of the KL term", "training step", "beta", weights, y_limits=(-0.05, 1.1)),
        Panel("KL", "training step", "kl (nats per sequence)", rates, y_limits=_limits(rates)),
    ]
    ends = ", ".join(f"{curve.label} {curve.y[-1]:.2f}" for curve in rates)
    alt = (
        "Beta and KL over training under three schedules. KL over the last steps in nats: "
        f"{ends}. Of the KL {cut_off(outcome)}."
    )
    return draw_panels("overview", alt, panels)


def _draw_curves(outcome: TrainedRuns) -> Picture:
    least = (LEAST_LOSS, "ln 10")
    hold = (float(outcome.settings.steps), "hold begins") if outcome.settings.hold else None
    kinds = (
        ("KL", "kl (nats)", "kl", None),  # first, where narrow screens begin
        ("Reconstruction", "rec (nats)", "rec", least),
        ("True negative ELBO: rec + kl", "−elbo (nats)", "loss", least),
        ("What is minimised: rec + beta kl", "weighted loss (nats)", "weighted_loss", least),
    )
    panels = []
    for title, label, of, line in kinds:
        curves = [
            _curve(outcome, name, [getattr(run, of) for run in outcome.of(name)])
            for name in SCHEDULES
        ]
        panels.append(Panel(title, "training step", label, curves, line, hold, _limits(curves)))
    ends = "; ".join(
        f"{name} rec {spreads['rec'].mean:.2f}, kl {spreads['kl'].mean:.2f}"
        for name, spreads in outcome.summary_at(outcome.settings.steps).items()
    )
    alt = (
        "KL, reconstruction, negative ELBO and weighted loss over training, in nats; "
        f"{cut_off(outcome)}. At the end of the schedules: {ends} nats."
    )
    return draw_panels("curves", alt, panels)


def cut_off(outcome: TrainedRuns) -> str:
    """Say which part of the curves the frames of the losses do not hold."""
    steps = int(_FIRST * outcome.settings.total)
    return f"what is above the frame in the first {steps:,} steps is cut off"


def _limits(curves: Sequence[Curve]) -> tuple[float, float]:
    """Find ends of the vertical axis between which curves and bands lie after the first steps."""
    first = _FIRST * curves[0].x[-1]
    tops = [curve.y if curve.high is None else curve.high for curve in curves]
    top = max(float(y[curve.x >= first].max()) for curve, y in zip(curves, tops, strict=True))
    return 0.0, 1.05 * top


def _curve(outcome: TrainedRuns, name: str, values: Sequence[np.ndarray]) -> Curve:
    """Average windows of steps, then seeds; the band spans all seeds."""
    windows = outcome.settings.windows
    table = np.stack([window_means(value, windows) for value in values])
    middle = window_means(np.arange(len(values[0])) + 0.5, windows)
    several = len(values) > 1
    return Curve(
        name,
        middle,
        table.mean(0),
        table.min(0) if several else None,
        table.max(0) if several else None,
    )


def _draw_latent(outcome: TrainedRuns) -> Picture:
    noise = draw_noise(outcome.settings)
    frames = {
        name: [frame.samples(noise) for frame in outcome.of(name)[0].frames] for name in SCHEDULES
    }
    everything = np.abs(np.concatenate([z.ravel() for row in frames.values() for z in row]))
    limit = float(np.ceil(np.quantile(everything, 0.999) * 2) / 2)
    columns = [f"step {mark:,}" for mark in outcome.settings.marks]
    informations = "; ".join(
        f"{name} {outcome.of(name)[0].frames[-1].information.value:.2f}" for name in SCHEDULES
    )
    alt = (
        "Samples of the ten posteriors in the two latent dimensions, one row a schedule, one "
        f"column a moment of training. I(z, n) in the last column in nats: {informations}."
    )
    return draw_frames(
        "latent", alt, frames, columns, limit=limit, colour_label="place of the 1 in the sequence"
    )
