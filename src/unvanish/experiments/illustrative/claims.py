"""What the paper says of the ten sequences, judged over seeds."""

from dataclasses import replace

from .. import published
from ..judging import Claim, Comparison, claim_of_spread, judge_comparisons, paired
from .kept_kl import KEPT, claim_of_kept
from .sequence_runs import SequenceRuns

__all__ = ["AT_THE_END", "claims_of"]

_OWN_FIRST = ("cyclical", "constant", "monotonic")

_SLIGHTLY = 0.1
"""Nats that are still a slight price; in the paper's Figure 3 it is 0.03."""


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
