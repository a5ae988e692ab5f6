"""What to try next."""

from .figures import Figures
from .rules import Decision, Reason, Verdict

__all__ = ["advise"]

_MORE_IN_Z = (
    (
        "cyclical",
        "Raise beta several times: `--schedule cyclical:n_cycles=4,ratio=0.5`, or "
        "`unvanish.Cyclical(total_steps, n_cycles=4, ratio=0.5)` in your own loop.",
    ),
    (
        "free-bits",
        "Leave part of the KL free of charge: `--free-bits 0.1` nats a dimension, or "
        "`unvanish.objectives.free_bits`.",
    ),
    (
        "",
        "Make the decoder depend on z: `--latent-enters initial-state inputs output`, and more "
        "`--dropout` on the words it reads.",
    ),
    (
        "",
        "Let beta end below 1: `--schedule cyclical:stop=0.5`. The loss is then no ELBO any more; "
        "figures at beta = 1 stay comparable.",
    ),
)
"""By the name under which it may be in use already."""

_LITTLE = 1.0
"""Nats of information with which one would want more rather than fewer dimensions."""

_MEASURE_USE = (
    "Measure whether the decoder reads z: give `rec` with z of each sentence and `rec_other` with "
    "z of another one; `unvanish diagnose RUN` does it by itself."
)
_SUM_REC = (
    "Check that rec is the sum over the words (tokens, pixels) of an example and not their mean: a "
    "mean makes beta as many times as large, and then no schedule helps. "
    "`unvanish.measures.effective_beta` gives the beta that your loss has (documentation: Losses)."
)
"""The commonest cause in a loop of one's own; in a run of ours it cannot be."""

_MORE_SENTENCES = "Take more sentences: an interval lies across the line that decides."

_BY_VERDICT: dict[Verdict, tuple[str, str]] = {
    "paper-only": (
        "Do not read the KL as information: look for what holds it up, such as a floor (free bits "
        "for sentence or batch, a fixed variance) or a mean that is the same for every sentence.",
        "Ask for it in every dimension of every sentence, `--free-bits 0.1 --free-bits-form "
        "dimension`, together with `--schedule cyclical:n_cycles=4,ratio=0.5`.",
    ),
    "ignored": (
        "Lead z to where words are chosen: `--latent-enters initial-state inputs output`.",
        "Weaken the other path, the previous words: more `--dropout`, or a smaller "
        "`--hidden-size`. And check that the decoder is given the z of its own sentence.",
    ),
    "holes": (
        "Train longer with beta at 1 or higher, or add `unvanish.objectives.mmd` to the loss: "
        "both draw the codes together to the prior.",
        "Until then write from encoded sentences (`unvanish interpolate`, `unvanish edit`) rather "
        "than from the prior (`unvanish sample`).",
    ),
    "partly-collapsed": (
        "Ask whether more is needed: compare −elbo with a smaller `--latent-size`; silent "
        "dimensions cost nothing.",
        "If it is, give every dimension something for nothing: `--free-bits 0.1 --free-bits-form "
        "dimension`, or more cycles of beta.",
    ),
    "alive": (
        "See what z is worth for the likelihood: train the same decoder without it, `unvanish "
        "train --baseline lm`, and compare with `unvanish evaluate --importance-samples 500`.",
        "See what it holds: `unvanish neighbours`, `unvanish interpolate`, `unvanish report`.",
    ),
}

_FEWER_FREE_BITS = (
    "Lower `--free-bits`: below them the KL costs nothing, so that nothing draws the codes "
    "together to the prior."
)

_BY_REASON: dict[Reason, tuple[str, str]] = {
    "no-step": ("Train first.", "Watch the early warnings while it trains."),
    "beta-below-top": (
        "Train until beta holds at its top: more `--epochs`, or a schedule that ends sooner; "
        "`unvanish schedule SPEC --total-steps N` shows where it ends.",
        "Or judge the end of a cycle: `--parameters cycle-N`, or what you saved there.",
    ),
    "word-frequencies": (
        "Train longer, or with another `--learning-rate`: the decoder has not learnt to write yet.",
        "Check that the loss goes down at all, and that rec is the loss of the whole sentence.",
    ),
    "few-sentences": (
        "Take fifty sentences or more, better a thousand, that were not trained on: `unvanish "
        "diagnose RUN FILE`, or more rows in the arrays.",
        "Only if there are no other sentences at all, as in a toy problem, say so: "
        "`unvanish.diagnose(..., complete=True)`.",
    ),
    "information-undecided": (_MORE_SENTENCES, _MEASURE_USE),
    "use-unmeasured": (
        _MEASURE_USE,
        "Without a decoder at hand, look at `information` and its dimensions: what is there can "
        "be used, whether or not it is.",
    ),
    "use-undecided": (
        _MORE_SENTENCES,
        "Decode more of them from another z: `--sentences 5000`, or more rows in `rec` and "
        "`rec_other`.",
    ),
    "use-reversed": (
        "Give losses in nats, −log p(x|z): `rec` with the own z, `rec_other` with another's.",
        "Check that rows of `rec` and `rec_other` are the same sentences.",
    ),
}


def advise(decision: Decision, figures: Figures) -> tuple[str, str]:
    """Give the next two things to try.

    Args:
        decision: The verdict and the way to it.
        figures: What it is founded on; a remedy in use is not advised again.
    """
    used = figures.circumstances.remedies
    first, second, *_ = (text for name, text in _MORE_IN_Z if name not in used)
    if decision.verdict == "collapsed":
        return (first, second) if figures.circumstances.whole_losses else (_SUM_REC, first)
    if decision.verdict == "partly-collapsed":
        smaller, more = _BY_VERDICT["partly-collapsed"]
        if decision.reason:
            return _MEASURE_USE, smaller
        return (first, smaller) if figures.information.high < _LITTLE else (smaller, more)
    if decision.verdict == "holes" and "free-bits" in used:
        return _FEWER_FREE_BITS, _BY_VERDICT["holes"][0]
    if decision.verdict in _BY_VERDICT:
        return _BY_VERDICT[decision.verdict]
    return _BY_REASON[decision.reason]
