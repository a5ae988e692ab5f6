"""How long the KL of the ten sequences lasts, by the step size of Adam.

The paper does not say with which optimizer and step size Figure 3 was made. Its monotonic run keeps
its KL for 30,000 steps at beta = 1; does ours with another step size?
"""

from collections.abc import Mapping
from dataclasses import replace

from ..measures import Spread, summarize
from . import published
from .illustrative.findings import KEPT
from .illustrative.problem import SCHEDULES, Settings
from .reproducing import (
    Claim,
    Experiment,
    Extent,
    Findings,
    Request,
    ResultTable,
    Watcher,
    claim_of_spread,
    paired,
)
from .sequence_runs import SequenceRuns, train_sequences

__all__ = ["StepSize"]

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
            [claim for rate, runs in found.items() for claim in _claims(rate, runs)],
            [_table(found, figure) for figure in ("kl", "loss")],
            runs=[result for runs in found.values() for result in runs.results()],
            remarks=("Everything but the step size is as in the experiment illustrative.",),
        )


def _at(runs: SequenceRuns, schedule: str, figure: str, mark: int) -> dict[int, float]:
    """Give a figure after a number of steps, by seed."""
    place = runs.settings.marks.index(mark)
    frames = {seed: run.frames[place] for seed, run in runs.runs[schedule].items()}
    return {seed: float(getattr(frame, figure)) for seed, frame in frames.items()}


def _table(found: Mapping[float, SequenceRuns], figure: str) -> ResultTable:
    """Put a figure over the steps together, every schedule with all step sizes."""
    marks = found[_RATES[0]].settings.marks
    theirs = _published_kl() if figure == "kl" and marks[-1] == _STEPS else None
    rows: dict[str, dict[str, Spread]] = {}
    labels = {}
    for schedule in SCHEDULES:
        for rate, runs in found.items():
            values = {mark: list(_at(runs, schedule, figure, mark).values()) for mark in marks}
            row = f"{schedule}-{rate:g}"
            rows[row] = {f"{mark:,}": summarize(each) for mark, each in values.items() if each}
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


def _claims(rate: float, runs: SequenceRuns) -> list[Claim]:
    """Judge for one step size what the paper's Figure 3 shows."""
    _, _, restarted, *_, end = runs.settings.marks
    ends = {name: _at(runs, name, "kl", end) for name in SCHEDULES}
    early = _at(runs, "monotonic", "kl", restarted)
    both = sorted(ends["monotonic"].keys() & ends["cyclical"].keys())
    step = f"step size {rate:g}"
    kept = f"Under monotonic beta three quarters of the KL are kept while beta is 1 ({step})"
    more = f"Cyclical beta ends with more KL than monotonic ({step})"
    if not both:
        return [Claim(each, "Figure 3", "not established", "not measured") for each in (kept, more)]
    monotonic, cyclical = ([ends[name][seed] for seed in both] for name in SCHEDULES[1:])
    return [
        claim_of_spread(
            kept,
            "Figure 3",
            paired(monotonic, [KEPT * early[seed] for seed in both]),
            f"kl after {end:,} steps less three quarters of that after {restarted:,}:",
        ),
        claim_of_spread(more, "Figure 3", paired(cyclical, monotonic), "kl"),
    ]
