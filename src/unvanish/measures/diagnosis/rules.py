"""From figures to a verdict."""

from typing import Literal, TypeAlias

from ..thresholds import Thresholds
from .figures import Figures

__all__ = ["VERDICTS", "Verdict", "decide", "hole", "unfinished"]

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
    "holes": "z tells about the sentence, but the prior reaches where no posterior is",
    "unfinished": "training has not come to where it can be judged",
    "cannot-tell": "what was measured does not decide it",
}
"""What every verdict means."""


def decide(figures: Figures, thresholds: Thresholds | None = None) -> Verdict:
    """Give the verdict; the first rule that applies has it.

    1. ``unfinished``: beta had still to rise, no step was done, or words are predicted no better
       than by their frequencies.
    2. ``collapsed`` or ``paper-only``: less than ``information`` nats in z; the latter where the
       KL is ``offset`` or more.
    3. ``ignored``: another sentence's z (or one of the prior) costs less than a share ``use`` of
       the information, and less than ``information`` nats.
    4. ``holes``: the posteriors together are ``hole`` nats and the share ``hole_share`` of the KL
       from the prior, or the prior is from them.
    5. ``partly-collapsed``: a dimension tells less than ``dimension`` nats.
    6. ``alive``, if the decoder's use of z was measured.

    Wherever a 95 % interval lies across a line, or the decoder's use was not measured where the
    verdict would be alive, it is ``cannot-tell``. The number of active units decides nothing.

    Args:
        figures: What was measured.
        thresholds: Where the lines are.
    """
    lines = thresholds or Thresholds()
    if unfinished(figures):
        return "unfinished"
    if figures.information.high < lines.information:
        return "paper-only" if figures.kl >= lines.offset else "collapsed"
    if figures.information.low < lines.information:
        return "cannot-tell"
    used = _used(figures, lines)
    if used == "no":
        return "ignored"
    if hole(figures) >= max(lines.hole, lines.hole_share * figures.kl):
        return "holes"
    if figures.silent_dimensions(lines.dimension):
        return "partly-collapsed"
    return "alive" if used == "yes" else "cannot-tell"


def unfinished(figures: Figures) -> str:
    """Say why training is not to be judged yet; nothing if it is.

    Args:
        figures: What was measured.
    """
    known = figures.circumstances
    if known.steps == 0:
        return "no training step has been done"
    if known.beta is not None and known.beta < min(1.0, known.beta_top) - 1e-6:
        return f"beta was {known.beta:.3g} at the end and is to reach {min(1.0, known.beta_top):g}"
    if known.unigram is not None and figures.rec is not None and figures.rec >= known.unigram:
        return (
            f"reconstruction costs {figures.rec:.1f} nats, no less than the {known.unigram:.1f} of "
            "knowing how frequent every word is"
        )
    return ""


def hole(figures: Figures) -> float:
    """Give the least distance in nats between prior and posteriors that is certain.

    Args:
        figures: What was measured.
    """
    return max(figures.marginal_kl.low, figures.prior_gap.low)


def _used(figures: Figures, lines: Thresholds) -> Literal["yes", "no", "unknown"]:
    """Tell whether the decoder makes use of z."""
    gap = figures.gap_other or figures.gap_prior
    if gap is None:
        return "unknown"
    least = max(lines.information, lines.use * figures.information.low)
    if gap.high < least:
        return "no"
    return "yes" if gap.low >= least else "unknown"
