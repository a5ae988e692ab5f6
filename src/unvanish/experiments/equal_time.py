"""A control for Figures 3 and 4: cycles against schedules that are at beta = 1 for equally long.

KL fades while beta is 1, and at the end of a run monotonic beta has been 1 for six times as long
as the last cycle of cyclical beta. So the two are compared after equally long at beta = 1, and
cyclical beta with two schedules that reach 1 at the step where its last cycle does.

Monotonic and cyclical beta with seeds 1 to 3 had been looked at when this was written (experiment
illustrative): it is to be judged by seeds from 4 on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..report.figures import Curve, Panel, draw_panels
from ..report.picture import Picture
from ..training.early_stopping import settled_step
from . import published
from .illustrative.problem import Settings, schedule_named
from .illustrative.run_json import window_means
from .illustrative.sequence_runs import SequenceRuns
from .judging import BySeed, Claim, Comparison, judge_comparisons
from .problems.sequence_training import train_sequences
from .reproducing import Experiment, Extent, Findings, Request, ResultTable, Watcher

__all__ = ["COMPARISONS", "LABELS", "AfterEquallyLong", "EqualTime"]

_WHOLE = Settings(steps=published.ILLUSTRATIVE_STEPS, hold=10_000)
_QUICK = Settings(steps=4_000, hold=1_000)

_ONE_RAMP = "monotonic:0.875"
_LAST_CYCLE = "cyclical:n_cycles=1,ratio=0.125,zero_ratio=0.75"

LABELS = {
    "monotonic": "monotonic",
    "cyclical": "cyclical",
    _ONE_RAMP: "one long ramp",
    _LAST_CYCLE: "last cycle alone",
}
"""What the schedules are called, by name or text form."""

_SHOWN = 4.0
"""Nats up to which the KL is drawn."""

_WINDOW = 1 / 160
"""Share of the steps over whose end a figure is averaged."""


class EqualTime(Experiment):
    """Whether more KL after cycles is more than less time to lose it."""

    name = "equal-time"
    title = "Ten sequences: cycles, or less time at beta = 1?"
    source = "Section 4, Figures 3 and 4: a control that is not in the paper"
    whole = Extent(10, "an hour and a half")
    quick = Extent(2, "2 minutes")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        settings = _QUICK if request.quick else _WHOLE
        runs = train_sequences(list(LABELS), self.seeds_of(request), settings, request, watcher)
        return Findings(
            claims_of(runs),
            [_table(runs, figure) for figure in ("kl", "loss")],
            _pictures(runs),
            runs.results(),
            (
                "One long ramp rises from the first step to the one where the last cycle reaches "
                "1; the last cycle alone comes after three quarters of the run at beta = 0.",
                f"Every figure is a mean over {_window(settings)} training steps, the last after "
                "so many steps at beta = 1. Everything but the schedules is as in the experiment "
                "illustrative, which has monotonic and cyclical beta too: with the same seeds they "
                "are the same runs but for rounding, and no second confirmation.",
                f"Beyond {settings.steps:,} steps all schedules hold 1.",
            ),
        )


def _window(settings: Settings) -> int:
    return max(1, round(settings.steps * _WINDOW))


@dataclass(frozen=True)
class AfterEquallyLong(BySeed):
    """Figures of training once beta has been 1 for some steps without a break.

    Args:
        runs: The runs.
        held: For how many steps; 1 or more, and no more than those of the shortest.
    """

    runs: SequenceRuns
    held: int

    def values(self, cell: str, figure: str) -> dict[int, float]:
        """See :meth:`BySeed.values`; figures are ``"kl"`` and ``"loss"``.

        A schedule that moves to the last step has none.
        """
        settings = self.runs.settings
        settled = settled_step(schedule_named(cell, settings.steps), settings.total)
        if settled is None:
            return {}
        end = settled + self.held
        window = slice(end - min(_window(settings), self.held), end)
        return {
            seed: float(getattr(run, figure)[window].mean())
            for seed, run in self.runs.runs[cell].items()
        }


def _more(other: str, than: str) -> Comparison:
    return Comparison(
        f"After equally long at beta = 1 cyclical beta has more KL than {than}",
        "a control, not in the paper",
        "cyclical",
        other,
        "kl",
        "higher",
    )


COMPARISONS = (
    _more("monotonic", "monotonic"),
    _more(_ONE_RAMP, "one ramp that ends with its own last"),
    _more(_LAST_CYCLE, "its last cycle alone, after beta 0"),
)
"""What more cycles are said to be good for; see above which seeds may judge it."""


def claims_of(runs: SequenceRuns) -> list[Claim]:
    """Judge what is left of the KL after as long at beta = 1 as a cycle of four holds it.

    Args:
        runs: The runs under all schedules of :data:`LABELS`.
    """
    return judge_comparisons(COMPARISONS, AfterEquallyLong(runs, runs.settings.steps // 8))


def _table(runs: SequenceRuns, figure: str) -> ResultTable:
    steps = runs.settings.steps
    columns = {f"{held:,}": held for held in (steps // 40, steps // 8, steps // 4, 3 * steps // 8)}
    called, digits = {"kl": ("KL", 2), "loss": ("-elbo", 3)}[figure]
    rows = {
        cell: {
            column: spread
            for column, held in columns.items()
            for spread in AfterEquallyLong(runs, held).spreads(cell, (figure,)).values()
        }
        for cell in LABELS
    }
    title = f"{called} after so many steps at beta = 1 (nats per sequence)"
    return ResultTable(title, dict.fromkeys(columns, digits), rows, labels=LABELS)


def _pictures(runs: SequenceRuns) -> Sequence[tuple[Picture, str]]:
    if not all(runs.runs[cell] for cell in LABELS):
        return []
    settings = runs.settings
    steps = np.arange(settings.total)
    betas = {cell: schedule_named(cell, settings.steps) for cell in LABELS}
    weights = [Curve(LABELS[cell], steps, beta(steps)) for cell, beta in betas.items()]
    rates = [_curve(runs, cell) for cell in LABELS]
    panels = [
        Panel("Weight of the KL term", "training step", "beta", weights, y_limits=(-0.05, 1.1)),
        Panel("KL", "training step", "kl (nats per sequence)", rates, y_limits=(0.0, _SHOWN)),
    ]
    caption = (
        "Beta and KL over training; means over seeds, bands: ranges. What is above "
        f"{_SHOWN:g} nats, as while beta is 0, is cut off."
    )
    return [(draw_panels("equal-time", caption, panels), caption)]


def _curve(runs: SequenceRuns, cell: str) -> Curve:
    """Average windows of steps, then seeds."""
    windows = runs.settings.windows
    table = np.stack([window_means(run.kl, windows) for run in runs.runs[cell].values()])
    middle = window_means(np.arange(runs.settings.total) + 0.5, windows)
    return Curve(LABELS[cell], middle, table.mean(0), table.min(0), table.max(0))
