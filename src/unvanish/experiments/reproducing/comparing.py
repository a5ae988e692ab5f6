"""Two settings of a grid compared, seed by seed, for the verdict on a claim."""

from dataclasses import replace
from typing import Literal

from ...measures import summarize
from .by_seed import BySeed
from .findings import Claim, claim_of_spread

__all__ = ["claim_of_difference"]


def claim_of_difference(
    claim: str,
    where: str,
    found: BySeed,
    pair: tuple[str, str],
    figure: str,
    *,
    expected: Literal["higher", "lower"],
    paper: float | None = None,
) -> Claim:
    """Judge the claim that one setting has more or less of a figure than another.

    The interval is that of the mean of the differences of equal seeds, by Student's t.

    Args:
        claim: What is claimed.
        where: Where the paper claims it.
        found: The runs.
        pair: The settings; the first is said to be higher or lower than the second.
        figure: The figure of the test split that is compared.
        expected: What the first is said to be.
        paper: The difference in the paper, if it has one.
    """
    theirs = "" if paper is None else f"; the paper: {paper:+.2f}"
    spread = found.difference(*pair, figure)
    if spread is None:
        return Claim(claim, where, "not established", f"not measured{theirs}")
    if expected == "higher":
        return claim_of_spread(claim, where, spread, figure, theirs=theirs)
    negated = summarize([-value for value in spread.values])
    verdict = claim_of_spread(claim, where, negated, figure).verdict
    told = claim_of_spread(claim, where, spread, figure, theirs=theirs)
    return replace(told, verdict=verdict)
