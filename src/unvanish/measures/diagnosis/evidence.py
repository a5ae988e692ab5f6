"""What speaks for a verdict, in plain words."""

from collections.abc import Iterator, Sequence

from ..estimate import Interval
from ..thresholds import Thresholds
from .figures import Figures
from .rules import unfinished

__all__ = ["describe"]

_LISTED = 12
"""Most dimensions that are named."""


def describe(figures: Figures, thresholds: Thresholds) -> tuple[str, ...]:
    """Say what was measured, the decisive things first.

    Args:
        figures: What was measured.
        thresholds: Where the lines are.
    """
    parts = (_training, _information, _use, _prior, _dimensions)
    return tuple(line for part in parts for line in part(figures, thresholds))


def _training(figures: Figures, lines: Thresholds) -> Iterator[str]:
    problem, known = unfinished(figures), figures.circumstances
    if problem:
        yield f"Training: {problem}."
    elif known.beta is not None and known.beta < 1:
        yield (
            f"Training ended at beta = {known.beta:.3g}, as planned: a KL counts for less there "
            "than in the ELBO, so more of it is to be expected."
        )


def _information(figures: Figures, lines: Thresholds) -> Iterator[str]:
    told = figures.information
    what = "which sentence it was" if figures.complete else "the sentence"
    amount = (
        f"less than {lines.information:g} nats about {what}, next to nothing"
        if told.high < lines.information
        else f"{_between(told)} nats about {what}"
    )
    yield (
        f"Information: z tells {amount}, of the {figures.kl:.2f} nats of KL "
        "(the answer to one yes-or-no question is 0.69)."
    )
    if told.low > figures.ceiling - 1 and told.high > figures.ceiling and not figures.complete:
        yield (
            f"{figures.compared:,} sentences cannot show more than {figures.ceiling:.1f} nats: "
            "the truth may lie higher."
        )


def _use(figures: Figures, lines: Thresholds) -> Iterator[str]:
    gaps = {
        "with another sentence's z": figures.gap_other,
        "with z of the prior": figures.gap_prior,
        "without the previous words": figures.gap_words,
    }
    measured = {how: gap for how, gap in gaps.items() if gap is not None}
    costs = [f"{_cost(gap)} {how}" for how, gap in measured.items()]
    if costs:
        yield f"Use: in nats, reconstruction costs {', '.join(costs)}."
    if figures.gap_other is None and figures.gap_prior is None:
        yield (
            "Use: not measured. Whether the decoder reads z shows only when it is given another "
            "sentence's."
        )


def _prior(figures: Figures, lines: Thresholds) -> Iterator[str]:
    apart = figures.marginal_kl
    yield (
        f"Prior: the posteriors together are {_between(apart)} nats from the prior, and draws of "
        f"the prior about {figures.prior_gap.value:.1f} nats from them."
    )


def _dimensions(figures: Figures, lines: Thresholds) -> Iterator[str]:
    silent = figures.silent_dimensions(lines.dimension)
    size = figures.latent_size
    if not silent:
        count = f"all {size} tell" if size > 1 else "the only one tells"
        yield f"Dimensions: {count} {lines.dimension:g} nats or more about the sentence."
    else:
        speaking = [j for j in range(1, size + 1) if j not in silent]
        told = f": {_listed(speaking)}" if speaking else ""
        yield (
            f"Dimensions: {len(speaking)} of {size} tell {lines.dimension:g} nats or more about "
            f"the sentence{told}."
        )
    yield (
        f"Active units: {figures.active_units} of {size} have a posterior mean that varies by "
        "more than 0.01. It decides nothing by itself."
    )


def _cost(gap: Interval) -> str:
    more = "more" if gap.value >= 0 else "less"
    return f"{abs(gap.value):.2f} {more} ({gap.low:.2f} to {gap.high:.2f})"


def _between(interval: Interval) -> str:
    low, high = f"{interval.low:.2f}", f"{interval.high:.2f}"
    return f"about {low}" if low == high else f"between {low} and {high}"


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_LISTED]))
    more = len(numbers) - _LISTED
    return f"{shown} and {more} more" if more > 0 else shown
