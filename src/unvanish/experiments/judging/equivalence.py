"""Claims that settings are alike: that every difference between them is within a margin.

Two tests of one side each, at both ends of the margin, have to reject for every difference; no
adjustment for the number of differences is needed, as all of them must (Schuirmann 1987,
https://doi.org/10.1007/BF01068419; Berger 1982, https://doi.org/10.1080/00401706.1982.10487790).
Here each is the test of both sides, as for all other claims, which errs towards no verdict.
"""

from collections.abc import Mapping, Sequence

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
    The verdict is that of the claim alone: :func:`adjusted` takes the others into account.

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
    what, most = max(spreads.items(), key=lambda item: abs(item[1].mean))
    which = "the largest difference, " if len(spreads) > 1 else ""
    told = f"{which}{what}: {figure} {most.mean:+.3f}"
    tests = [
        (spread.interval, max(below, above))
        for spread in spreads.values()
        if spread.interval is not None
        and (below := p_value(spread, mean=-margin)) is not None
        and (above := p_value(spread, mean=margin)) is not None
    ]
    if most.interval is None or len(tests) < len(spreads):
        return Claim(claim, where, "not established", f"{told} with one seed", tested=True)
    low, high = most.interval
    evidence = f"{told} (95 % interval {low:+.3f} to {high:+.3f}, {len(most.values)} seeds)"
    verdict, probability = _judged(tests, margin)
    return Claim(claim, where, verdict, evidence, tested=True, p_value=probability)


def _judged(
    tests: Sequence[tuple[tuple[float, float], float]], margin: float
) -> tuple[Verdict, float]:
    """Give the verdict, and how often chance alone would give it.

    Args:
        tests: The interval of each difference, and the p-value of the end of the margin that is
            nearer to it.
        margin: The margin.
    """
    outside = [p for (low, high), p in tests if low > margin or high < -margin]
    if outside:
        return "does not hold", min(1.0, len(tests) * min(outside))
    inside = all(-margin < low and high < margin for (low, high), _ in tests)
    return "holds" if inside else "not established", max(p for _, p in tests)
