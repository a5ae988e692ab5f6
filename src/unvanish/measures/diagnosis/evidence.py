"""What speaks for a verdict, in plain words."""

from collections.abc import Iterator, Sequence

from ..estimate import Interval
from ..thresholds import ACTIVE, Thresholds
from .figures import Figures
from .rules import Reason

__all__ = ["describe"]

_LISTED = 12
"""Most dimensions that are named."""
_PER_WORD = 0.2
"""Share of what word frequencies need, below which a loss is hardly that of whole sentences."""
_REPEATED = 0.8
"""Share of different sentences below which repeats are worth a word."""


def describe(figures: Figures, reason: Reason, thresholds: Thresholds) -> tuple[str, ...]:
    """Say what was measured, the decisive things first.

    Args:
        figures: What was measured.
        reason: Which way to the verdict it was.
        thresholds: Where the lines are.
    """
    return (
        *_training(figures, reason),
        *_sentences(figures, reason, thresholds),
        *_information(figures, thresholds),
        *_use(figures, reason),
        *_prior(figures, reason),
        *_dimensions(figures, thresholds),
        f"Active units: {figures.active_units} of {figures.latent_size} have a posterior mean that "
        f"varies by more than {ACTIVE:g}. It decides nothing by itself.",
    )


def _training(figures: Figures, reason: Reason) -> Iterator[str]:
    known = figures.circumstances
    if reason == "no-step":
        yield "Training: no step has been done."
    elif reason == "beta-below-top":
        yield (
            f"Training: beta was {known.beta:.3g} at the end and is to reach "
            f"{min(1.0, known.beta_top):g} (beta_top={known.beta:.3g} says that it was to stay)."
        )
    elif reason == "word-frequencies" and figures.rec is not None:
        yield (
            f"Training: reconstruction costs {_plain(figures.rec)} nats, no less than knowing how "
            "frequent every word is."
        )
    elif known.beta is not None and known.beta < 1:
        yield (
            f"Training: it ended at beta = {known.beta:.3g}, as planned; a KL counts for less "
            "there than in the ELBO, so more of it is to be expected."
        )


def _sentences(figures: Figures, reason: Reason, lines: Thresholds) -> Iterator[str]:
    different = figures.circumstances.different
    if reason == "few-sentences":
        yield (
            f"Sentences: there are {figures.sentences}, and {lines.sentences} or more are needed: "
            "with fewer, 95 % intervals hold less often than they say."
        )
    if different is not None and different < _REPEATED * figures.sentences:
        yield (
            f"Caution: only {different:,} of the {figures.sentences:,} sentences are different. "
            "Intervals are for text that repeats them as often, and too narrow for new sentences."
        )


def _information(figures: Figures, lines: Thresholds) -> Iterator[str]:
    told = figures.information
    what = "which sentence it was" if figures.complete else "the sentence"
    amount = (
        f"less than {lines.information:g} nats about {what}, next to nothing"
        if figures.most_information < lines.information
        else f"{_between(told)} nats about {what}"
    )
    yield (
        f"Information: z tells {amount}, of the {_plain(figures.kl)} nats of KL "
        "(the answer to one yes-or-no question is 0.69)."
    )
    if told.low > figures.ceiling - 1 and told.high > figures.ceiling and not figures.complete:
        yield (
            f"Ceiling: {figures.compared:,} sentences cannot show more than "
            f"{figures.ceiling:.1f} nats; the truth may lie higher."
        )


def _use(figures: Figures, reason: Reason) -> Iterator[str]:
    gaps = {
        "with another sentence's z": figures.gap_other,
        "with that of one of the same length": figures.gap_same_length,
        "with z of the prior": figures.gap_prior,
        "without the previous words": figures.gap_words,
    }
    costs = [f"{_cost(gap)} {how}" for how, gap in gaps.items() if gap is not None]
    if figures.rec is not None:
        more = f", {', '.join(costs)}" if costs else ""
        yield f"Use: reconstruction costs {_plain(figures.rec)} nats{more}."
    if _reads_length_alone(figures):
        yield (
            "Use: a sentence of the same length serves nearly as well, so what the decoder reads "
            "in z is mostly the length."
        )
    if figures.gap_other is None and figures.gap_prior is None:
        yield (
            "Use: not measured. Whether the decoder reads z shows only when it is given another "
            "sentence's."
        )
    if reason == "use-reversed":
        yield (
            "Caution: another z serves better than the own one. Are rec and rec_other exchanged, "
            "or log-likelihoods instead of losses?"
        )
    rec, unigram = figures.rec, figures.gap_unigram
    if rec is None or unigram is None or figures.circumstances.whole_losses:
        return
    if rec < _PER_WORD * (rec + unigram.value):
        yield "Caution: rec is very small. Is it a mean over words instead of their sum?"


def _reads_length_alone(figures: Figures) -> bool:
    """Tell whether a z of the same length costs less than a tenth of what any other costs."""
    other, same = figures.gap_other, figures.gap_same_length
    return other is not None and same is not None and same.high < 0.1 * other.low


def _prior(figures: Figures, reason: Reason) -> Iterator[str]:
    far = {
        "prior-reaches-farther": "; draws of the prior fall where hardly a code is, so sentences "
        "written from them will be poor",
        "codes-reach-farther": "; some codes lie where the prior never draws, so nothing like "
        "their sentences will be written from it",
    }.get(reason, "")
    yield (
        f"Prior: KL(q(z) || p(z)) is {_between(figures.marginal_kl)} nats, and KL(p(z) || q(z)) at "
        f"least {_plain(figures.prior_gap)}, q(z) being all codes together{far}."
    )


def _dimensions(figures: Figures, lines: Thresholds) -> Iterator[str]:
    size, line = figures.latent_size, f"{lines.dimension:g} nats"
    silent = figures.silent_dimensions(lines.dimension)
    undecided = figures.undecided_dimensions(lines.dimension)
    speaking = [j for j in range(1, size + 1) if j not in silent and j not in undecided]
    told = f": {_listed(speaking)}" if speaking and len(speaking) < size else ""
    maybe = f"; {len(undecided)} more may" if undecided else ""
    yield f"Dimensions: {len(speaking)} of {size} tell {line} or more{told}{maybe}."
    if len(silent) == size and figures.information.low >= lines.information:
        yield "Dimensions: none tells so much by itself, but all of them together do."


def _cost(gap: Interval) -> str:
    more = "more" if gap.value >= 0 else "less"
    return f"{_plain(abs(gap.value))} {more} ({_plain(gap.low)} to {_plain(gap.high)})"


def _between(interval: Interval) -> str:
    low, high = _plain(interval.low), _plain(interval.high)
    return f"about {low}" if low == high else f"between {low} and {high}"


def _plain(number: float) -> str:
    return f"{number:.2f}" if abs(number) < 1e6 else f"{number:.3g}"


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_LISTED]))
    more = len(numbers) - _LISTED
    return f"{shown} and {more} more" if more > 0 else shown
