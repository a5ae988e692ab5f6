"""What was expected of the illustrative problem, held against the numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...measures import Spread, summarize
from .evaluation import Frame
from .problem import LEAST_LOSS, SCHEDULES

__all__ = ["Finding", "find"]

_NEAR = 0.1
"""Nats from ln 10 that still count as near; the paper's curves end within 0.05."""


@dataclass(frozen=True)
class Finding:
    """An expectation and what the numbers say to it.

    Args:
        expectation: What the paper found or the mathematics demands.
        outcome: What came out, with the figures.
        holds: Whether it did in every case; ``None`` where the seeds cannot tell, or where nothing
            was expected.
    """

    expectation: str
    outcome: str
    holds: bool | None


def find(
    end: Mapping[str, Sequence[Frame]],
    every: Sequence[Frame],
    held: Mapping[str, Sequence[Frame]] | None = None,
) -> list[Finding]:
    """Judge the runs.

    Args:
        end: Every schedule's evaluations at the end of the schedules, seed by seed.
        every: All evaluations of all runs.
        held: Evaluations after the hold, if there was one.
    """
    findings = [_order(end), _near_the_least(end), _price(end), _informative(end)]
    findings.append(_sum_of_parts(every))
    if held is not None:
        findings.append(_hold(end, held))
    return findings


def _order(end: Mapping[str, Sequence[Frame]]) -> Finding:
    triples = list(zip(*([frame.kl for frame in end[name]] for name in SCHEDULES), strict=True))
    count = sum(constant < monotonic < cyclical for constant, monotonic, cyclical in triples)
    means = [f"{summarize(values).mean:.2f}" for values in zip(*triples, strict=True)]
    return Finding(
        "KL: constant < monotonic < cyclical",
        f"holds in {_of(count, len(triples))}; means {', '.join(means)} nats",
        count == len(triples),
    )


def _near_the_least(end: Mapping[str, Sequence[Frame]]) -> Finding:
    losses = {name: [frame.loss for frame in end[name]] for name in SCHEDULES}
    gaps = [abs(loss - LEAST_LOSS) for values in losses.values() for loss in values]
    count = sum(gap <= _NEAR for gap in gaps)
    means = ", ".join(f"{name} {summarize(values).mean:.2f}" for name, values in losses.items())
    return Finding(
        f"−ELBO of all near ln 10 = {LEAST_LOSS:.3f} nats",
        f"{count} of {len(gaps)} runs within {_NEAR} nats; means {means}",
        count == len(gaps),
    )


def _price(end: Mapping[str, Sequence[Frame]]) -> Finding:
    differences = {
        name: summarize(
            [mine.loss - other.loss for mine, other in zip(end["cyclical"], end[name], strict=True)]
        )
        for name in ("constant", "monotonic")
    }
    noisy = any(spread.interval and min(spread.interval) <= 0 for spread in differences.values())
    worse = all(spread.mean > 0 for spread in differences.values())
    return Finding(
        "−ELBO of cyclical slightly worse than of the others",
        "cyclical is "
        + ", ".join(_difference(name, spread) for name, spread in differences.items()),
        None if worse and noisy else worse,
    )


def _difference(name: str, spread: Spread) -> str:
    text = f"{abs(spread.mean):.3f} nats {'worse' if spread.mean > 0 else 'better'} than {name}"
    if spread.interval is None:
        return text
    low, high = spread.interval
    noise = ", inside the noise of the seeds" if low <= 0 <= high else ""
    return f"{text} (95 % interval of the difference {low:+.3f} to {high:+.3f}{noise})"


def _informative(end: Mapping[str, Sequence[Frame]]) -> Finding:
    informations = {name: [frame.information.value for frame in end[name]] for name in SCHEDULES}
    triples = list(zip(*informations.values(), strict=True))
    count = sum(cyclical > max(others) for *others, cyclical in triples)
    means = ", ".join(
        f"{name} {summarize(values).mean:.2f}" for name, values in informations.items()
    )
    return Finding(
        "z tells most about the sequence under cyclical",
        f"most I(z, n) in {_of(count, len(triples))}; means {means} of at most "
        f"{LEAST_LOSS:.2f} nats",
        count == len(triples),
    )


def _sum_of_parts(every: Sequence[Frame]) -> Finding:
    gaps = [abs(f.kl - f.information.value - f.marginal_kl.value) for f in every]
    worst = max(range(len(gaps)), key=gaps.__getitem__)
    error = every[worst].information.error + every[worst].marginal_kl.error
    return Finding(
        "KL = I(z, n) + marginal KL (eq. 8), each estimated by itself",
        f"largest gap of {len(gaps)} evaluations {gaps[worst]:.3f} nats, where the Monte Carlo "
        f"errors add up to {error:.3f}",
        gaps[worst] <= 4 * error + 1e-6,
    )


def _hold(end: Mapping[str, Sequence[Frame]], held: Mapping[str, Sequence[Frame]]) -> Finding:
    steps = held["cyclical"][0].step - end["cyclical"][0].step
    texts = []
    for name in SCHEDULES:
        before = summarize([frame.kl for frame in end[name]]).mean
        after = summarize([frame.kl for frame in held[name]]).mean
        texts.append(f"{name} {before:.2f} to {after:.2f}")
    return Finding(
        f"What {steps:,} further steps at beta = 1 do to the KL (the paper does not say)",
        ", ".join(texts) + " nats",
        None,
    )


def _of(count: int, total: int) -> str:
    return f"{count} of {total} {'seed' if total == 1 else 'seeds'}"
