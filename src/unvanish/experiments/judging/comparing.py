"""Claims that settings have more, or less, of a figure than others: written down, then judged.

What an experiment claims is data, so that it can be held against the paper without any run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .by_seed import BySeed
from .claims import Claim, Expected, claim_of_spread

__all__ = ["Comparison", "Contrast", "judge_comparisons"]


@dataclass(frozen=True)
class Comparison:
    """A claim that one setting has more, or less, of a figure than another.

    Args:
        claim: What is claimed.
        where: Where the paper claims it.
        first: The setting that is said to have more, or less.
        second: The setting that it is compared with.
        figure: What of.
        expected: What the first is said to be.
        paper: The difference first - second in the paper, if it has one.
    """

    claim: str
    where: str
    first: str
    second: str
    figure: str
    expected: Expected
    paper: float | None = None


def judge_comparisons(comparisons: Sequence[Comparison], found: BySeed) -> list[Claim]:
    """Judge claims by the differences of equal seeds.

    Args:
        comparisons: The claims.
        found: The figures of all their settings.
    """
    return [
        claim_of_spread(
            each.claim,
            each.where,
            found.difference(each.first, each.second, each.figure),
            each.figure,
            expected=each.expected,
            theirs="" if each.paper is None else f"; the paper: {each.paper:+.2f}",
        )
        for each in comparisons
    ]


@dataclass(frozen=True)
class Contrast:
    """A claim that a weighted sum of a figure over settings is above, or below, 0.

    Args:
        claim: What is claimed.
        where: Where the paper claims it.
        weights: By setting, such as 1 and -1 of two; together 0.
        figure: What of.
        expected: On which side of 0 the sum is said to be.
        told: What the sum is called.
        theirs: What to add of the paper's own measurement, or of ours.
    """

    claim: str
    where: str
    weights: Mapping[str, float]
    figure: str
    expected: Expected
    told: str
    theirs: str = ""

    def judge(self, found: BySeed) -> Claim:
        """Judge it by the sums of all seeds.

        Args:
            found: The figures of the settings.
        """
        spread = found.contrast(self.weights, self.figure)
        expected, theirs = self.expected, self.theirs
        return claim_of_spread(
            self.claim, self.where, spread, self.told, expected=expected, theirs=theirs
        )
