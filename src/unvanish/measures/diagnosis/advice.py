"""What to try next."""

from collections.abc import Sequence

from .figures import Figures
from .rules import Verdict

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

_ADVICE: dict[Verdict, tuple[str, ...]] = {
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
        "both draw the posteriors together to the prior.",
        "Until then write from encoded sentences (`unvanish interpolate`, `unvanish edit`) rather "
        "than from the prior (`unvanish sample`).",
    ),
    "partly-collapsed": (
        "Ask whether more is needed: compare −elbo with a smaller `--latent-size`; silent "
        "dimensions cost nothing.",
        "If it is, give every dimension something for nothing: `--free-bits 0.1 --free-bits-form "
        "dimension`, or more cycles of beta.",
    ),
    "unfinished": (
        "Train until beta holds at its top: a longer `--epochs`, or a schedule that ends sooner; "
        "`unvanish schedule SPEC --total-steps N` shows where it ends.",
        "Diagnose the end of a cycle instead: `--parameters cycle-N`.",
    ),
    "alive": (
        "See what z is worth for the likelihood: train the same decoder without it, `unvanish "
        "train --baseline lm`, and compare with `unvanish evaluate --importance-samples 500`.",
        "See what it holds: `unvanish neighbours`, `unvanish interpolate`, `unvanish report`.",
    ),
}

_LITTLE = 1.0
"""Nats of information with which one would want more rather than fewer dimensions."""


def advise(verdict: Verdict, figures: Figures) -> tuple[str, ...]:
    """Give the next two things to try.

    Args:
        verdict: The verdict.
        figures: What it is founded on; a remedy in use is not advised again.
    """
    used = figures.circumstances.remedies
    more = tuple(text for name, text in _MORE_IN_Z if name not in used)
    if verdict == "collapsed":
        return more[:2]
    if verdict == "partly-collapsed" and figures.information.high < _LITTLE:
        return more[0], _ADVICE[verdict][0]
    if verdict == "cannot-tell":
        return tuple(_missing(figures))[:2]
    return _ADVICE[verdict]


def _missing(figures: Figures) -> Sequence[str]:
    """Say what would decide it."""
    missing = []
    if figures.gap_other is None:
        missing.append(
            "Measure whether the decoder reads z: give `rec` with z of each sentence and "
            "`rec_other` with z of another one; `unvanish diagnose RUN` does it by itself."
        )
    missing.append(
        f"Take more sentences than {figures.sentences:,}: intervals lie across a line that decides."
        if figures.gap_other is not None
        else "Give `beta`, the weight of the KL at the end of training, and check "
        "`unvanish.measures.effective_beta` if your loss takes means."
    )
    if len(missing) < 2:
        missing.append("Diagnose another split, or the parameters of another epoch.")
    return missing
