"""Figures 3 and 4: the illustrative problem, as long as in the paper and with ten seeds."""

from dataclasses import replace

from . import published
from .illustrative.claims import claims_of
from .illustrative.every_run import diagnosed, sum_of_parts
from .illustrative.pictures import draw_pictures
from .illustrative.problem import LEAST_LOSS, SCHEDULES, Settings
from .illustrative.results import TrainedRuns
from .illustrative.run_json import run_to_json
from .illustrative.sequence_runs import SequenceRuns
from .problems.sequence_training import train_sequences
from .reproducing import Experiment, Extent, Findings, Request, ResultTable, Watcher

__all__ = ["IllustrativeProblem"]

_WHOLE = Settings(steps=published.ILLUSTRATIVE_STEPS, hold=10_000)
_QUICK = Settings(steps=4_000, hold=1_000)

COLUMNS = {"rec": 2, "kl": 2, "loss": 3, "information": 2, "marginal_kl": 2, "identified": 2}
"""Figures in nats per sequence; loss is -elbo, identified a share of the samples."""


class IllustrativeProblem(Experiment):
    """Ten sequences under constant, monotonic and cyclical beta."""

    name = "illustrative"
    title = "Ten sequences: what z learns under constant, monotonic and cyclical beta"
    source = "Section 4, Figures 3 and 4"
    whole = Extent(10, "an hour and a half")
    quick = Extent(2, "1 minute")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        seeds = self.seeds_of(request)
        plan = replace(_QUICK if request.quick else _WHOLE, seeds=len(seeds), seed=seeds[0])
        runs = _under_all(train_sequences(SCHEDULES, seeds, plan, request, watcher))
        if runs is None:
            return Findings([])
        settings = runs.settings
        every = tuple(run for name in SCHEDULES for run in runs.runs[name].values())
        pictures = draw_pictures(TrainedRuns(settings, every), ["curves"])
        return Findings(
            [*claims_of(runs), diagnosed(runs), sum_of_parts(runs)],
            [_table(runs, mark) for mark in settings.marks],
            [
                (pictures["curves"], "Losses over training (Figure 3): means and ranges of seeds."),
                (pictures["latent"], f"Samples of z, seed {settings.seed} (Figure 4)."),
            ],
            [run_to_json(run, settings) for run in every],
            (
                f"The least -elbo of any model is ln 10 = {LEAST_LOSS:.3f} nats. The paper does "
                "not state optimizer, learning rate, initialisation, embeddings and where z "
                "enters: ours are chosen, and what is found may depend on them.",
                f"After {settings.steps:,} steps beta is held at 1 for {settings.hold:,} more.",
            ),
        )


def _under_all(trained: SequenceRuns) -> SequenceRuns | None:
    """Leave out the seeds of which a schedule is missing; give nothing where none is left."""
    seeds = sorted(set.intersection(*(set(runs) for runs in trained.runs.values())))
    if not seeds:
        return None
    return SequenceRuns(
        replace(trained.settings, seeds=len(seeds), seed=seeds[0]),
        {name: {seed: runs[seed] for seed in seeds} for name, runs in trained.runs.items()},
    )


def _table(runs: SequenceRuns, mark: int) -> ResultTable:
    steps, at = runs.settings.steps, replace(runs, mark=mark)
    held = ", the last of them at beta = 1 for all" if mark > steps else ""
    title = f"After {mark:,} steps{held} (nats per sequence)"
    whole = steps == published.ILLUSTRATIVE_STEPS
    theirs = published.ILLUSTRATIVE.get(mark) if whole else None
    rows = {name: at.spreads(name, tuple(COLUMNS)) for name in SCHEDULES}
    return ResultTable(title, COLUMNS, rows, theirs, aside=mark < steps)
