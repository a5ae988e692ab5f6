"""Figures 3 and 4: the illustrative problem, as long as in the paper and with ten seeds."""

from dataclasses import replace

from . import published
from .illustrative.findings import KEPT
from .illustrative.pictures import draw_pictures
from .illustrative.problem import LEAST_LOSS, SCHEDULES, Settings
from .illustrative.results import TrainedRuns, run_to_json
from .illustrative.training import Job
from .problems.kept_kl import claim_of_kept
from .problems.sequence_runs import SequenceRuns
from .problems.sequence_training import train_jobs
from .reproducing import (
    Claim,
    Comparison,
    Experiment,
    Extent,
    Findings,
    Request,
    ResultTable,
    Watcher,
    claim_of_spread,
    judge_comparisons,
    paired,
)

__all__ = ["AT_THE_END", "IllustrativeProblem", "claims_of"]

_WHOLE = Settings(steps=published.ILLUSTRATIVE_STEPS, hold=10_000)
_QUICK = Settings(steps=4_000, hold=1_000)

COLUMNS = {"rec": 2, "kl": 2, "loss": 3, "information": 2, "marginal_kl": 2, "identified": 2}
"""Figures in nats per sequence; loss is -elbo, identified a share of the samples."""

_OWN_FIRST = ("cyclical", "constant", "monotonic")

_SLIGHTLY = 0.1
"""Nats that are still a slight price; in the paper's Figure 3 it is 0.03."""


class IllustrativeProblem(Experiment):
    """Ten sequences under constant, monotonic and cyclical beta."""

    name = "illustrative"
    title = "Ten sequences: what z learns under constant, monotonic and cyclical beta"
    source = "Section 4, Figures 3 and 4"
    whole = Extent(10, "an hour")
    quick = Extent(2, "1 minute")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        seeds = self.seeds_of(request)
        plan = replace(_QUICK if request.quick else _WHOLE, seeds=len(seeds), seed=seeds[0])
        jobs = [Job(schedule, seed) for seed in seeds for schedule in SCHEDULES]
        found = train_jobs(jobs, plan, request, watcher)
        whole = [seed for seed in seeds if all(Job(name, seed) in found for name in SCHEDULES)]
        if not whole:
            return Findings([])
        settings = replace(plan, seeds=len(whole), seed=whole[0])
        runs = SequenceRuns(
            settings,
            {name: {seed: found[Job(name, seed)] for seed in whole} for name in SCHEDULES},
        )
        every = tuple(run for name in SCHEDULES for run in runs.runs[name].values())
        pictures = draw_pictures(TrainedRuns(settings, every))
        return Findings(
            claims_of(runs),
            [_table(runs, mark) for mark in settings.marks],
            [
                (pictures["curves"], "Losses over training (Figure 3): means and ranges of seeds."),
                (pictures["latent"], f"Samples of z, seed {whole[0]} (Figure 4)."),
            ],
            [run_to_json(run, settings) for run in every],
            (
                f"The least -elbo of any model is ln 10 = {LEAST_LOSS:.3f} nats. The paper does "
                "not state optimizer, learning rate, initialisation, embeddings and where z "
                "enters: ours are chosen, and what is found may depend on them.",
                f"After {settings.steps:,} steps beta is held at 1 for {settings.hold:,} more.",
            ),
        )


def _table(runs: SequenceRuns, mark: int) -> ResultTable:
    steps, at = runs.settings.steps, replace(runs, mark=mark)
    held = ", the last of them at beta = 1 for all" if mark > steps else ""
    title = f"After {mark:,} steps{held} (nats per sequence)"
    whole = steps == published.ILLUSTRATIVE_STEPS
    theirs = published.ILLUSTRATIVE.get(mark) if whole else None
    rows = {name: at.spreads(name, tuple(COLUMNS)) for name in SCHEDULES}
    return ResultTable(title, COLUMNS, rows, theirs, aside=mark < steps)


def claims_of(runs: SequenceRuns) -> list[Claim]:
    """Judge what the paper's Figures 3 and 4 show.

    Args:
        runs: The runs under all three schedules.
    """
    ends = replace(runs, mark=runs.settings.steps)
    return [*judge_comparisons(AT_THE_END, ends), _cheap(ends), *_of_cycles(runs), _kept(runs)]


def _more(first: str, second: str, figure: str, claim: str) -> Comparison:
    theirs = published.ILLUSTRATIVE[published.ILLUSTRATIVE_STEPS].difference(first, second, figure)
    where = "Section 4, Figures 3 and 4"
    return Comparison(claim, where, first, second, figure, "higher", theirs)


AT_THE_END = (
    _more("monotonic", "constant", "kl", "Monotonic beta ends with more KL than constant"),
    _more("cyclical", "monotonic", "kl", "Cyclical beta ends with more KL than monotonic"),
    _more(
        "cyclical",
        "monotonic",
        "identified",
        "Under cyclical beta the sequences are better told apart than under monotonic",
    ),
)
"""What is said of the last step under two schedules."""


def _cheap(ends: SequenceRuns) -> Claim:
    """Judge whether what cyclical beta costs in elbo is little."""
    own, one, other = (ends.values(name, "loss") for name in _OWN_FIRST)
    better = {seed: min(one[seed], other[seed]) for seed in one.keys() & other.keys()}
    return claim_of_spread(
        f"Cyclical beta costs little elbo: at most {_SLIGHTLY} nats more than the better of the "
        "others",
        "Figure 3 (what is little is said here)",
        paired(better, own),
        "-elbo of the better less its own:",
        than=-_SLIGHTLY,
    )


def _of_cycles(runs: SequenceRuns) -> list[Claim]:
    """Judge what a restart does, and what the cycles after the first."""
    before, restarted = runs.settings.marks[1:3]
    said = (
        (
            "When beta restarts at 0, z at once tells more than at the end of the cycle before",
            "Section 4, Figure 4",
            "information",
            restarted,
        ),
        ("The last cycle ends with more KL than the first", "Figure 3", "kl", runs.settings.steps),
    )
    return [
        claim_of_spread(
            claim,
            where,
            paired(
                *(replace(runs, mark=mark).values("cyclical", figure) for mark in (late, before))
            ),
            f"{figure}, {late:,} less {before:,} steps:",
        )
        for claim, where, figure, late in said
    ]


def _kept(runs: SequenceRuns) -> Claim:
    """Judge whether the KL of the monotonic schedule stays while beta is 1."""
    first, last = (
        published.kl_read_off("monotonic", each) for each in (11_000, published.ILLUSTRATIVE_STEPS)
    )
    return claim_of_kept(
        "Under monotonic beta the KL stays as it is once beta is 1 (three quarters of it at least)",
        runs,
        theirs=f"; the paper: {last - KEPT * first:+.2f}",
    )
