"""How long the KL of the ten sequences lasts, by the step size of Adam.

The paper does not say with which optimizer and step size Figure 3 was made. Its monotonic run keeps
its KL for 30,000 steps at beta = 1; does ours with another step size?
"""

from collections.abc import Mapping
from dataclasses import replace

from ..measures import Spread
from . import published
from .illustrative.kept_kl import claim_of_kept
from .illustrative.problem import SCHEDULES, Settings
from .illustrative.sequence_runs import SequenceRuns
from .judging import Claim, Comparison, judge_comparisons
from .problems.sequence_training import train_sequences
from .reproducing import Experiment, Extent, Findings, Request, ResultTable, Watcher

__all__ = ["StepSize", "claims_of"]

_RATES = (1e-3, 3e-4, 1e-4)

_STEPS, _QUICK_STEPS = published.ILLUSTRATIVE_STEPS, 2_000


class StepSize(Experiment):
    """The schedules of Figure 2 with several step sizes."""

    name = "step-size"
    title = "Ten sequences: the KL that lasts, by the step size of Adam"
    source = "Section 4, Figure 3 (the paper does not say its step size)"
    whole = Extent(3, "half an hour")
    quick = Extent(1, "1 minute")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        seeds = self.seeds_of(request)
        steps = _QUICK_STEPS if request.quick else _STEPS
        found = {
            rate: train_sequences(
                SCHEDULES,
                seeds,
                Settings(steps=steps, learning_rate=rate),
                replace(request, out=request.out / "runs" / f"step-size-{rate:g}"),
                watcher,
            )
            for rate in _RATES
        }
        return Findings(
            [claim for rate, runs in found.items() for claim in claims_of(rate, runs)],
            [_table(found, figure) for figure in ("kl", "loss")],
            runs=[result for runs in found.values() for result in runs.results()],
            remarks=("Everything but the step size is as in the experiment illustrative.",),
        )


def _table(found: Mapping[float, SequenceRuns], figure: str) -> ResultTable:
    """Put a figure over the steps together, every schedule with all step sizes."""
    marks = found[_RATES[0]].settings.marks
    theirs = _published_kl() if figure == "kl" and marks[-1] == _STEPS else None
    rows: dict[str, dict[str, Spread]] = {}
    labels = {}
    for schedule in SCHEDULES:
        for rate, runs in found.items():
            row = f"{schedule}-{rate:g}"
            rows[row] = {
                f"{mark:,}": spread
                for mark in marks
                for spread in replace(runs, mark=mark).spreads(schedule, (figure,)).values()
            }
            labels[row] = f"{schedule}, {rate:g}"
        if theirs is not None:
            rows[schedule], labels[schedule] = {}, f"{schedule}, step size not told"
    called, digits = {"kl": ("KL", 2), "loss": ("-elbo", 3)}[figure]
    return ResultTable(
        f"{called} after so many steps, by schedule and step size (nats per sequence)",
        {f"{mark:,}": digits for mark in marks},
        rows,
        theirs,
        labels,
    )


def _published_kl() -> published.PublishedTable:
    """Turn the paper's KL over, a row a schedule."""
    return published.PublishedTable(
        f"Figure 3 (read off the curves, ± {published.READ_TO})",
        {
            schedule: published.PublishedRow(
                {
                    f"{steps:,}": published.kl_read_off(schedule, steps)
                    for steps in published.ILLUSTRATIVE
                }
            )
            for schedule in SCHEDULES
        },
    )


def claims_of(rate: float, runs: SequenceRuns) -> list[Claim]:
    """Judge for one step size what the paper's Figure 3 shows.

    Args:
        rate: The step size.
        runs: The runs with it.
    """
    step, ends = f"step size {rate:g}", replace(runs, mark=runs.settings.steps)
    more = Comparison(
        f"Cyclical beta ends with more KL than monotonic ({step})",
        "Figure 3",
        "cyclical",
        "monotonic",
        "kl",
        "higher",
    )
    return [
        claim_of_kept(
            f"Under monotonic beta three quarters of the KL are kept while beta is 1 ({step})", runs
        ),
        *judge_comparisons([more], ends),
    ]
