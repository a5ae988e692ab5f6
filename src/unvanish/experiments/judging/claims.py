"""A statement of the paper, what the runs say to it, and what that is worth among many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ...measures import Spread, holm, p_value, summarize

__all__ = ["Claim", "Expected", "Verdict", "adjusted", "claim_of_spread", "judge", "left_open"]
__all__ += ["paired"]

Verdict: TypeAlias = Literal["holds", "does not hold", "not established"]
Expected: TypeAlias = Literal["higher", "lower"]

_LEVEL = 0.05
"""Probability with which any verdict of an experiment may be one that chance gave."""


@dataclass(frozen=True)
class Claim:
    """A statement of the paper, and what the runs say to it.

    Args:
        claim: The statement, in our words.
        where: Where the paper makes it.
        verdict: Whether it holds.
        evidence: The numbers behind the verdict.
        exact: Whether no run is behind it, so that it holds whatever was trained.
        tested: Whether a test over seeds decides: it then counts among the claims that are judged
            together, also where it was not measured.
        p_value: How often chance alone would stray as far, two-sided, by Student's t over seeds;
            ``None`` where there is no interval.
        adjusted_p_value: The same adjusted for the number of claims; ``None`` where it is judged
            alone.
    """

    claim: str
    where: str
    verdict: Verdict
    evidence: str
    exact: bool = False
    tested: bool = False
    p_value: float | None = None
    adjusted_p_value: float | None = None


def judge(
    difference: Sequence[float] | tuple[float, float] | None, *, above: float = 0.0
) -> Verdict:
    """Say whether a difference is above a number.

    Args:
        difference: Its 95 % interval, or ``None`` where there is none, as with a single seed.
        above: What it should be above.

    Example:
        >>> judge((0.2, 0.9)), judge((-0.1, 0.9)), judge((-0.4, -0.1)), judge(None)
        ('holds', 'not established', 'does not hold', 'not established')
    """
    if difference is None:
        return "not established"
    low, high = difference
    if low > above:
        return "holds"
    return "does not hold" if high < above else "not established"


def claim_of_spread(
    claim: str,
    where: str,
    spread: Spread | None,
    figure: str,
    *,
    expected: Expected = "higher",
    than: float = 0.0,
    theirs: str = "",
) -> Claim:
    """Judge the claim that something is above or below a number in the mean over seeds.

    The verdict is that of the claim alone: :func:`adjusted` takes the others into account.

    Args:
        claim: What is claimed.
        where: Where the paper claims it.
        spread: What was measured, seed by seed; ``None`` if it was not.
        figure: What it is called.
        expected: On which side of the number it is said to be.
        than: The number.
        theirs: What to add of the paper's own measurement.
    """
    if spread is None:
        return Claim(claim, where, "not established", f"not measured{theirs}", tested=True)
    text = f"{figure} {spread.mean:+.3f}"
    if spread.interval is None:
        evidence = f"{text} with one seed{theirs}"
        return Claim(claim, where, "not established", evidence, tested=True)
    low, high = spread.interval
    if expected == "higher":
        verdict = judge((low, high), above=than)
    else:
        verdict = judge((-high, -low), above=-than)
    seeds = len(spread.values)
    evidence = f"{text} (95 % interval {low:+.3f} to {high:+.3f}, {seeds} seeds){theirs}"
    probability = p_value(spread, mean=than)
    return Claim(claim, where, verdict, evidence, tested=True, p_value=probability)


def adjusted(claims: Sequence[Claim]) -> list[Claim]:
    """Take back the verdicts that chance may have given, so many claims being judged at once.

    Those that are tested are judged together, by Holm's method (:func:`unvanish.measures.holm`):
    with a probability of at most 0.05 does any of them get a verdict that the noise of the seeds
    gave, if that noise is normal. What was not measured counts too, so that no verdict depends on
    what else was. Others stay as they are.

    Args:
        claims: All claims of an experiment.

    Example:
        >>> some = [Claim("", "", "holds", "", tested=True, p_value=p) for p in (0.04, 0.01)]
        >>> [(claim.verdict, claim.adjusted_p_value) for claim in adjusted(some)]
        [('holds', 0.04), ('holds', 0.02)]
        >>> [claim.verdict for claim in adjusted([*some, some[0]])]
        ['not established', 'holds', 'not established']
    """
    tested = [claim.p_value for claim in claims if claim.tested]
    found = iter(holm([1.0 if p is None else p for p in tested]))
    return [_with(claim, next(found)) if claim.tested else claim for claim in claims]


def _with(claim: Claim, probability: float) -> Claim:
    if claim.p_value is None:
        return claim
    shown = f"{probability:.3f}" if probability >= 0.0005 else "below 0.001"
    return replace(
        claim,
        verdict=claim.verdict if probability <= _LEVEL else "not established",
        evidence=f"{claim.evidence}; adjusted p {shown}",
        adjusted_p_value=probability,
    )


def left_open(claim: Claim, when: str) -> Claim:
    """Take back a verdict that runs of a kind cannot give; it is told beside the numbers.

    Args:
        claim: The claim; an exact one keeps its verdict, as does one without any.
        when: What they are, such as ``"in these sizes"``.

    Example:
        >>> told = left_open(Claim("", "", "holds", "kl +1.000"), "in these sizes")
        >>> told.verdict, told.evidence
        ('not established', 'kl +1.000; in these sizes it holds')
    """
    if claim.exact or claim.verdict == "not established":
        return claim
    evidence = f"{claim.evidence}; {when} it {claim.verdict}"
    return replace(claim, verdict="not established", evidence=evidence)


def paired(first: Mapping[int, float], second: Mapping[int, float]) -> Spread | None:
    """Summarise first - second over the seeds that both have; ``None`` where there are none.

    Args:
        first: A figure by seed.
        second: Another.

    Example:
        >>> paired({1: 5.0, 2: 6.0}, {2: 4.0, 3: 9.0}).values
        (2.0,)
    """
    both = sorted(first.keys() & second.keys())
    return summarize([first[seed] - second[seed] for seed in both]) if both else None
