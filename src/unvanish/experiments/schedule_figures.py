"""Figures 2 and 7: the schedules themselves, and equations (6) and (7) checked number by number."""

import math
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from ..measures import summarize
from ..report.figures import Curve, Panel, draw_panels
from ..schedules import Cyclical, Monotonic, Schedule
from .judging import Claim
from .reproducing import Experiment, Extent, Findings, Request, ResultTable, Watcher

__all__ = ["ScheduleFigures"]

_STEPS = 40_000
_SHAPES = ("linear", "sigmoid", "cosine")
_SHARES = {"start": 0.0, "1/32": 1 / 32, "1/16": 1 / 16, "1/8": 0.125, "1/4": 0.25, "end": 1.0}
_PLANS = (1, 2, 3, 4, 5, 8), (0.0, 0.25, 0.5, 0.75, 1.0), (40, 100, 1_000)


class ScheduleFigures(Experiment):
    """Monotonic and cyclical beta in three shapes."""

    name = "schedules"
    title = "The schedules: monotonic and cyclical, linear, sigmoid and cosine"
    source = "Section 3.2, equations 6 and 7, Figures 2 and 7"
    whole = Extent(0, "seconds")
    quick = Extent(0, "seconds")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        shown = {
            f"{kind}, {shape}": schedule
            for shape in _SHAPES
            for kind, schedule in (
                ("monotonic", Monotonic(0.25, _STEPS, shape=shape)),
                ("cyclical", Cyclical(_STEPS, n_cycles=4, ratio=0.5, shape=shape)),
            )
        }
        caption = "Beta over a run: monotonic (Figure 2a), cyclical (2b), in three shapes (7)."
        panels = [_panel(name, schedule) for name, schedule in shown.items()]
        picture = draw_panels("schedules", caption, panels, height=1.7)
        return Findings([_equation(), _repeated()], [_table(shown)], [(picture, caption)])


def _panel(name: str, schedule: Schedule) -> Panel:
    steps = np.arange(_STEPS + 1)
    curve = Curve(name.split(",")[0], steps, np.asarray(schedule(steps)))
    return Panel(name, "training step", "beta", [curve], y_limits=(-0.05, 1.1))


def _table(shown: Mapping[str, Schedule]) -> ResultTable:
    rows = {
        name: {
            share: summarize([float(schedule(round(at * (_STEPS - 1))))])
            for share, at in _SHARES.items()
        }
        for name, schedule in shown.items()
    }
    title = f"Beta at shares of a run of {_STEPS:,} steps"
    return ResultTable(title, dict.fromkeys(_SHARES, 4), rows)


def _by_equation(total: int, cycles: int, ratio: float) -> list[float]:
    """Write equations (6) and (7) down, step by step."""
    values = []
    for t in range(1, total + 1):
        tau = ((t - 1) % math.ceil(total / cycles)) / (total / cycles)
        values.append(tau / ratio if ratio and tau <= ratio else 1.0)
    return values


def _equation() -> Claim:
    worst, count = 0.0, 0
    for cycles, ratio, total in product(*_PLANS):
        ours: Sequence[float] = Cyclical(total, n_cycles=cycles, ratio=ratio).values()
        gaps = np.abs(np.subtract(ours, _by_equation(total, cycles, ratio)))
        worst, count = max(worst, float(gaps.max())), count + 1
    return Claim(
        "Cyclical beta is equations (6) and (7) for every length, number of cycles and proportion",
        "Section 3.2",
        "holds" if worst < 1e-9 else "does not hold",
        f"largest difference {worst:.0e} in {count} schedules",
        exact=True,
    )


def _repeated() -> Claim:
    repeated = Monotonic(0.5).repeat(4).bind(_STEPS)
    gap = float(np.abs(np.subtract(repeated.values(), Cyclical(_STEPS).values())).max())
    return Claim(
        "Cyclical beta is the monotonic one repeated",
        "Section 3.2",
        "holds" if gap < 1e-9 else "does not hold",
        f"{f'largest difference {gap:.0e}' if gap else 'no difference'} over {_STEPS:,} steps",
        exact=True,
    )
