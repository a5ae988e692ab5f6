"""Claims that settings are alike: that every difference between them is within a margin.

Two tests of one side each, at both ends of the margin, have to reject for every difference; no
adjustment for the number of differences is needed, as all of them must (Schuirmann 1987,
https://doi.org/10.1007/BF01068419; Berger 1982, https://doi.org/10.1080/00401706.1982.10487790).
Here each is the test of both sides, as for all other claims, which errs towards no verdict.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...measures import Spread, p_value
from .claims import Claim, Verdict

__all__ = ["claim_of_margin"]


def claim_of_margin(
    claim: str,
    where: str,
    differences: Mapping[str, Spread | None],
    margin: float,
    figure: str,
) -> Claim:
    """Judge the claim that every difference is within a margin.

    It holds where the interval of each is inside, and does not hold where that of one is outside.
    The verdict is that of the claim alone: :func:`adjusted` takes the others into account. The
    difference that decides is told: the one farthest beyond the margin, or least surely within.

    Args:
        claim: What is claimed.
        where: Where the paper claims it.
        differences: What was measured, by what it is the difference of; ``None`` if it was not.
        margin: What every difference is said to be below, whatever its sign.
        figure: What they are differences of.

    Example:
        >>> from unvanish.measures import summarize
        >>> apart = {"one less other": summarize([0.02, 0.01, 0.03])}
        >>> [claim_of_margin("", "", apart, m, "kl").verdict for m in (0.1, 0.03, 0.001)]
        ['holds', 'not established', 'not established']
    """
    spreads = {what: spread for what, spread in differences.items() if spread is not None}
    if not spreads or len(spreads) < len(differences):
        return Claim(claim, where, "not established", "not measured", tested=True)
    tests = [test for what, each in spreads.items() if (test := _test(what, each, margin))]
    if len(tests) < len(spreads):
        what, widest = max(spreads.items(), key=lambda item: abs(item[1].mean))
        evidence = f"{what}: {figure} {widest.mean:+.3f} with one seed"
        return Claim(claim, where, "not established", evidence, tested=True)
    verdict, deciding, probability = _judged(tests, margin)
    low, high = deciding.interval
    which = "the difference that decides, " if len(tests) > 1 else ""
    evidence = (
        f"{which}{deciding.what}: {figure} {deciding.spread.mean:+.3f} (95 % interval {low:+.3f} "
        f"to {high:+.3f}, {len(deciding.spread.values)} seeds)"
    )
    return Claim(claim, where, verdict, evidence, tested=True, p_value=probability)


class _Test(NamedTuple):
    """A difference, its interval, and the p-value of the end of the margin that is nearer to it."""

    what: str
    spread: Spread
    interval: tuple[float, float]
    p_value: float


def _test(what: str, spread: Spread, margin: float) -> _Test | None:
    """Test a difference against both ends of a margin; ``None`` with one seed."""
    below, above = p_value(spread, mean=-margin), p_value(spread, mean=margin)
    if spread.interval is None or below is None or above is None:
        return None
    return _Test(what, spread, spread.interval, max(below, above))


def _judged(tests: Sequence[_Test], margin: float) -> tuple[Verdict, _Test, float]:
    """Give the verdict, the test that decides, and how often chance alone would give it."""
    outside = [t for t in tests if t.interval[0] > margin or t.interval[1] < -margin]
    if outside:
        deciding = min(outside, key=lambda test: test.p_value)
        return "does not hold", deciding, min(1.0, len(tests) * deciding.p_value)
    deciding = max(tests, key=lambda test: test.p_value)
    inside = all(-margin < t.interval[0] and t.interval[1] < margin for t in tests)
    return "holds" if inside else "not established", deciding, deciding.p_value
