"""The rate-distortion curve behind section 3.3: constant beta from 0 to above 1.

Minimising rec + beta * KL for every beta traces how little rec each KL can buy. On ten equally
frequent sequences the curve is known: rec >= ln 10 - KL, whatever the model.
"""

from collections.abc import Sequence

import numpy as np

from ..report.figures import Curve, Panel, draw_panels
from ..report.picture import Picture
from .illustrative.every_run import bounded
from .illustrative.problem import LEAST_LOSS, Settings
from .illustrative.sequence_runs import SequenceRuns
from .judging import Comparison, judge_comparisons
from .problems.sequence_training import train_sequences
from .problems.synthetic_text import COLUMNS as TEXT_COLUMNS
from .problems.synthetic_text import REMARKS, train_betas
from .reproducing import Experiment, Extent, Findings, Request, ResultTable, TextRuns, Watcher

__all__ = ["ConstantBeta", "comparisons"]

_BETAS = ("0.01", "0.05", "0.1", "0.2", "0.3", "0.5", "0.7", "0.9", "1", "1.2", "1.5", "2")
_FEW = ("0.05", "0.3", "1")
COLUMNS = {"rec": 2, "kl": 2, "loss": 3, "information": 2}
"""Figures in nats per sequence at the end; loss is rec + kl."""

_STEPS, _QUICK_STEPS = 20_000, 2_000


class ConstantBeta(Experiment):
    """A sweep of constant beta."""

    name = "constant-beta"
    title = "Constant beta: what rec costs in KL"
    source = "Section 3.3 (no figure in the paper)"
    whole = Extent(5, "an hour or two")
    quick = Extent(1, "2 minutes")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        seeds, betas = self.seeds_of(request), _FEW if request.quick else _BETAS
        schedules = [f"constant:{beta}" for beta in betas]
        settings = Settings(steps=_QUICK_STEPS if request.quick else _STEPS)
        toy = train_sequences(schedules, seeds, settings, request, watcher)
        text = train_betas(schedules, seeds, request, watcher)
        return Findings(
            [
                *judge_comparisons(comparisons(schedules[0], "information", "ten sequences"), toy),
                *judge_comparisons(comparisons(schedules[0], "kl", "synthetic text"), text),
                *([bounded(toy)] if any(toy.runs.values()) else []),
            ],
            (_table(toy), _text_table(text, schedules)),
            _pictures(toy, text, schedules),
            [*toy.results(), *text.results()],
            (
                "A model need not reach the least possible rec, ln 10 - kl on the ten sequences: "
                "where it stays above, its posterior or decoder or training falls short.",
                "Where every beta is minimised to the end, information and rec have to be so: "
                "there the claims test the training, and on the text what it is worth on sentences "
                "not seen.",
                f"The ten sequences are trained for {settings.steps:,} steps; their loss is "
                "rec + kl, whatever beta is.",
                *REMARKS,
            ),
        )


def _label(schedule: str) -> str:
    return f"beta {schedule.partition(':')[2]}"


def _table(toy: SequenceRuns) -> ResultTable:
    rows = {_label(name): toy.spreads(name, tuple(COLUMNS)) for name in toy.runs}
    title = f"Ten sequences after {toy.settings.steps:,} steps (nats per sequence)"
    return ResultTable(title, COLUMNS, rows)


def _text_table(text: TextRuns, schedules: Sequence[str]) -> ResultTable:
    rows = {_label(name): text.spreads(name, tuple(TEXT_COLUMNS)) for name in schedules}
    return ResultTable("Synthetic text, test split (nats per sentence)", TEXT_COLUMNS, rows)


_TELLS = {"information": "makes z tell more", "kl": "keeps more KL"}


def comparisons(small: str, figure: str, where: str) -> tuple[Comparison, ...]:
    """Say what section 3.3 has a small constant beta do, against 1.

    Args:
        small: The schedule with the small beta.
        figure: What shows how much z tells: ``"information"`` or ``"kl"``.
        where: On which problem.
    """
    one, section = "constant:1", "Section 3.3"
    told = f"A smaller beta {_TELLS[figure]} ({_label(small)} against 1; {where})"
    reconstructed = f"A smaller beta reconstructs better (1 against {_label(small)}; {where})"
    return (
        Comparison(told, section, small, one, figure, "higher"),
        Comparison(reconstructed, section, one, small, "rec", "higher"),
    )


def _pictures(
    toy: SequenceRuns, text: TextRuns, schedules: Sequence[str]
) -> list[tuple[Picture, str]]:
    reach = np.array([0.0, LEAST_LOSS])
    bound = Curve("least possible: ln 10 - kl", reach, LEAST_LOSS - reach)
    panels = []
    for title, runs, more in (("Ten sequences", toy, [bound]), ("Synthetic text", text, [])):
        spreads = [runs.spreads(name, ("rec", "kl")) for name in schedules if runs.runs[name]]
        if spreads:
            kl, rec = (np.array([each[name].mean for each in spreads]) for name in ("kl", "rec"))
            order = np.argsort(kl)
            curves = [Curve("trained", kl[order], rec[order]), *more]
            panels.append(Panel(title, "kl (nats)", "rec (nats)", curves))
    if not panels:
        return []
    caption = "Rec over KL under constant beta, means over seeds; a corner a beta."
    return [(draw_panels("constant-beta", caption, panels, height=3.0), caption)]
