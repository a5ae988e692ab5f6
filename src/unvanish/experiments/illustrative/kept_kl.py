"""Whether the KL that monotonic beta has won lasts once beta is 1."""

from dataclasses import replace

from ..judging import Claim, claim_of_spread, paired
from .sequence_runs import SequenceRuns

__all__ = ["KEPT", "claim_of_kept"]

KEPT = 0.75
"""Part of the KL that counts as kept; in the paper's Figure 3 it is 0.95."""


def claim_of_kept(claim: str, runs: SequenceRuns, *, theirs: str = "") -> Claim:
    """Judge whether at the end three quarters are left of the KL soon after beta has become 1.

    Args:
        claim: How that is said.
        runs: The runs.
        theirs: What to add of the paper's own measurement.
    """
    early, late = runs.settings.marks[2], runs.settings.steps
    first, last = (replace(runs, mark=mark).values("monotonic", "kl") for mark in (early, late))
    return claim_of_spread(
        claim,
        "Figure 3",
        paired(last, {seed: KEPT * kl for seed, kl in first.items()}),
        f"kl after {late:,} steps less three quarters of that after {early:,}:",
        theirs=theirs,
    )
