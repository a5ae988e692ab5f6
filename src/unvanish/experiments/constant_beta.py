"""The rate-distortion curve behind section 3.3: constant beta from 0 to above 1.

Minimising rec + beta * KL for every beta traces how little rec each KL can buy. On ten equally
frequent sequences the curve is known: rec >= ln 10 - KL, whatever the model.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from ..measures import Spread, summarize
from ..report.figures import Curve, Panel, Picture, draw_panels
from .illustrative.problem import LEAST_LOSS, Settings
from .illustrative.training import Job, Trajectory
from .illustrative_runs import train_jobs
from .reproducing import (
    Claim,
    Experiment,
    Findings,
    Request,
    ResultTable,
    TextRuns,
    Watcher,
    claim_of_spread,
)
from .synthetic_text import COLUMNS as TEXT_COLUMNS
from .synthetic_text import train_betas

__all__ = ["ConstantBeta"]

_BETAS = ("0.01", "0.05", "0.1", "0.2", "0.3", "0.5", "0.7", "0.9", "1", "1.2", "1.5", "2")
_FEW = ("0.05", "0.3", "1")
COLUMNS = {"rec": 2, "kl": 2, "loss": 3, "information": 2}
"""Figures in nats per sequence at the end; loss is rec + kl."""

_SLACK = 0.01
"""Nats that the estimate of rec may be off."""


class ConstantBeta(Experiment):
    """A sweep of constant beta."""

    name = "constant-beta"
    title = "Constant beta: what rec costs in KL"
    source = "Section 3.3 (no figure in the paper)"
    seeds: ClassVar[tuple[int, int]] = (3, 1)
    duration = ("half an hour", "2 minutes")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        seeds, betas = self.seeds_of(request), _FEW if request.quick else _BETAS
        schedules = [f"constant:{beta}" for beta in betas]
        settings = Settings(steps=2_000 if request.quick else 20_000)
        jobs = [Job(schedule, seed) for seed in seeds for schedule in schedules]
        found = train_jobs(jobs, settings, request, watcher)
        toy = {
            beta: [
                found[Job(f"constant:{beta}", s)]
                for s in seeds
                if Job(f"constant:{beta}", s) in found
            ]
            for beta in betas
        }
        toy = {beta: runs for beta, runs in toy.items() if runs}
        text = train_betas(schedules, seeds, request, watcher)
        return Findings(
            _claims(toy),
            [_table(toy, settings), _text_table(text, schedules)],
            _pictures(toy, text, schedules),
            text.results(),
            (
                "A model need not reach the curve: where it stays above, its posterior or decoder "
                "or training falls short.",
            ),
        )


def _ends(runs: Sequence[Trajectory], figure: str) -> list[float]:
    values = (getattr(run.frames[-1], figure) for run in runs)
    return [float(getattr(value, "value", value)) for value in values]


def _table(toy: Mapping[str, Sequence[Trajectory]], settings: Settings) -> ResultTable:
    rows: dict[str, dict[str, Spread]] = {
        f"beta {beta}": {name: summarize(_ends(runs, name)) for name in COLUMNS}
        for beta, runs in toy.items()
    }
    title = f"Ten sequences after {settings.steps:,} steps (nats per sequence)"
    return ResultTable(title, COLUMNS, rows)


def _text_table(text: TextRuns, schedules: Sequence[str]) -> ResultTable:
    rows = {
        f"beta {name.partition(':')[2]}": text.spreads(name, tuple(TEXT_COLUMNS))
        for name in schedules
    }
    return ResultTable("Synthetic text, test split (nats per sentence)", TEXT_COLUMNS, rows)


def _claims(toy: Mapping[str, Sequence[Trajectory]]) -> list[Claim]:
    if not toy:
        return []
    frames = [frame for runs in toy.values() for run in runs for frame in run.frames]
    least = min(frame.rec + frame.information.value for frame in frames)
    bound = Claim(
        "Rec is at least ln 10 less what z tells about the sequence (equation 11)",
        "Section 3.3",
        "holds" if least >= LEAST_LOSS - _SLACK else "does not hold",
        f"least rec + I(z, n) of {len(frames)} evaluations: {least:.3f}, ln 10 = {LEAST_LOSS:.3f}",
        exact=True,
    )
    small, one = next(iter(toy)), "1"
    lower = [
        low - high
        for low, high in zip(_ends(toy[small], "kl"), _ends(toy.get(one, []), "kl"), strict=False)
    ]
    rec = [
        high - low
        for low, high in zip(_ends(toy[small], "rec"), _ends(toy.get(one, []), "rec"), strict=False)
    ]
    if not lower:
        return [bound]
    return [
        bound,
        claim_of_spread(
            f"A smaller constant beta keeps more KL (beta {small} against 1)",
            "Section 3.3",
            summarize(lower),
            "kl",
        ),
        claim_of_spread(
            f"and reconstructs better (beta 1 against {small})",
            "Section 3.3",
            summarize(rec),
            "rec",
        ),
    ]


def _pictures(
    toy: Mapping[str, Sequence[Trajectory]], text: TextRuns, schedules: Sequence[str]
) -> list[tuple[Picture, str]]:
    panels = []
    if toy:
        kl, rec = (
            np.array([np.mean(_ends(r, name)) for r in toy.values()]) for name in ("kl", "rec")
        )
        order = np.argsort(kl)
        reach = np.array([0.0, LEAST_LOSS])
        curves = [
            Curve("trained", kl[order], rec[order]),
            Curve("least possible: ln 10 - kl", reach, LEAST_LOSS - reach),
        ]
        panels.append(Panel("Ten sequences", "kl (nats)", "rec (nats)", curves))
    ended = [name for name in schedules if text.runs[name]]
    if ended:
        spreads = [text.spreads(name, ("rec", "kl")) for name in ended]
        kl, rec = (np.array([each[name].mean for each in spreads]) for name in ("kl", "rec"))
        order = np.argsort(kl)
        curve = Curve("trained", kl[order], rec[order])
        panels.append(Panel("Synthetic text", "kl (nats)", "rec (nats)", [curve]))
    if not panels:
        return []
    caption = "Rec over KL under constant beta, means over seeds; a point a beta."
    return [(draw_panels("constant-beta", caption, panels, height=3.0), caption)]
