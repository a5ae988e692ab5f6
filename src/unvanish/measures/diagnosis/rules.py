"""From figures to a verdict."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..thresholds import Thresholds
from .figures import Figures

__all__ = ["VERDICTS", "Decision", "Reason", "Verdict", "decide"]

Verdict: TypeAlias = Literal[
    "alive",
    "partly-collapsed",
    "collapsed",
    "paper-only",
    "ignored",
    "holes",
    "unfinished",
    "cannot-tell",
]

VERDICTS: dict[Verdict, str] = {
    "alive": "z tells about the sentence, and the decoder makes use of it",
    "partly-collapsed": "some dimensions of z tell about the sentence, the others nothing",
    "collapsed": "z tells nothing about the sentence",
    "paper-only": "there is a KL, but no information in it",
    "ignored": "z tells about the sentence, but the decoder makes no use of it",
    "holes": "z tells about the sentence, but the codes together are far from the prior",
    "unfinished": "training has not come to where it can be judged",
    "cannot-tell": "what was measured does not decide it",
}
"""What every verdict means."""

Reason: TypeAlias = Literal[
    "",
    "no-step",
    "beta-below-top",
    "word-frequencies",
    "few-sentences",
    "information-undecided",
    "use-unmeasured",
    "use-undecided",
    "use-reversed",
    "prior-reaches-farther",
    "codes-reach-farther",
]
"""Which of the ways to a verdict it was, where there are several."""


@dataclass(frozen=True)
class Decision:
    """A verdict and which of the ways to it was taken.

    Args:
        verdict: The verdict.
        reason: The way.
    """

    verdict: Verdict
    reason: Reason = ""


def decide(figures: Figures, thresholds: Thresholds | None = None) -> Decision:
    """Give the verdict; the first rule that applies has it.

    1. ``unfinished``: no step was done, beta had still to rise, or words are predicted no better
       than by their frequencies.
    2. ``cannot-tell``: fewer than ``sentences`` sentences, unless they are all there are or their
       KL alone, than which z can tell no more, is surely less than ``information`` nats.
    3. ``collapsed`` or ``paper-only``: less than ``information`` nats in z; the latter where the
       KL is ``offset`` or more. ``cannot-tell`` where the interval lies across the line.
    4. ``ignored``: another sentence's z (or, where that was not measured, one of the prior) costs
       less than a share ``use`` of the information or less than ``information`` nats, whichever
       is greater. ``cannot-tell`` where it saves as much: then something was exchanged.
    5. ``holes``: codes and prior are at least ``hole`` nats and the share ``hole_share`` of the KL
       from each other.
    6. ``partly-collapsed``: some dimensions, not all, tell less than ``dimension`` nats.
    7. ``alive``, if the decoder's use of z was measured and lies above the line; ``cannot-tell``
       otherwise.

    Rules 5 and 6 speak of codes alone and do not wait for the decoder's use. The number of active
    units decides nothing.

    Args:
        figures: What was measured.
        thresholds: Where the lines are.
    """
    lines = thresholds or Thresholds()
    if early := _unfinished(figures):
        return Decision("unfinished", early)
    few = figures.sentences < lines.sentences and not figures.complete
    if few and figures.kl_at_most >= lines.information:
        return Decision("cannot-tell", "few-sentences")
    if figures.most_information < lines.information:
        return Decision("paper-only" if figures.kl >= lines.offset else "collapsed")
    if figures.information.low < lines.information:
        return Decision("cannot-tell", "information-undecided")
    return _decide_use(figures, lines)


def _decide_use(figures: Figures, lines: Thresholds) -> Decision:
    """Judge a model whose z tells about the sentence."""
    use = _use(figures, lines)
    if use == "none":
        return Decision("ignored")
    if use == "use-reversed":
        return Decision("cannot-tell", use)
    far = max(lines.hole, lines.hole_share * figures.kl)
    if figures.prior_gap >= far:
        return Decision("holes", "prior-reaches-farther")
    if figures.marginal_kl.low >= far:
        return Decision("holes", "codes-reach-farther")
    if 0 < len(figures.silent_dimensions(lines.dimension)) < figures.latent_size:
        return Decision("partly-collapsed", "" if use == "" else use)
    return Decision("alive" if use == "" else "cannot-tell", use)


def _unfinished(figures: Figures) -> Reason:
    known = figures.circumstances
    if known.steps == 0:
        return "no-step"
    if known.beta is not None and known.beta < min(1.0, known.beta_top) - 1e-6:
        return "beta-below-top"
    if figures.gap_unigram is not None and figures.gap_unigram.high <= 0:
        return "word-frequencies"
    return ""


def _use(
    figures: Figures, lines: Thresholds
) -> Literal["", "none", "use-unmeasured", "use-undecided", "use-reversed"]:
    """Tell whether the decoder makes use of z; nothing is a yes."""
    gap = figures.gap_other or figures.gap_prior
    if gap is None:
        return "use-unmeasured"
    least = max(lines.information, lines.use * figures.information.low)
    if gap.high < -least:
        return "use-reversed"
    if gap.high < least:
        return "none"
    return "" if gap.low >= least else "use-undecided"
