"""Is the latent variable alive?"""

from dataclasses import dataclass
from typing import Any

from ..gaussians import gaussian_posteriors, require_rows, warn_of_unlikely_posteriors
from ..thresholds import Thresholds
from .advice import advise
from .evidence import describe
from .figures import Circumstances, Figures, measure
from .losses import Losses
from .rules import VERDICTS, Reason, Verdict, decide

__all__ = ["Diagnosis", "diagnose", "judge"]


@dataclass(frozen=True)
class Diagnosis:
    """A verdict with its reasons.

    Args:
        verdict: One of :data:`VERDICTS`.
        evidence: What was measured, in plain words, the decisive things first.
        advice: The next two things to try.
        figures: The numbers.
        reason: Which of the ways to the verdict it was, where there are several.
    """

    verdict: Verdict
    evidence: tuple[str, ...]
    advice: tuple[str, ...]
    figures: Figures
    reason: Reason = ""

    @property
    def meaning(self) -> str:
        """The verdict in a sentence."""
        return VERDICTS[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values for JSON."""
        return {
            "format": 1,
            "verdict": self.verdict,
            "reason": self.reason,
            "meaning": self.meaning,
            "evidence": list(self.evidence),
            "advice": list(self.advice),
            "figures": self.figures.to_dict(),
        }

    def __str__(self) -> str:
        lines = [f"{self.verdict}: {self.meaning}", ""]
        lines += [f"  {line}" for line in self.evidence]
        lines += ["", "Try next:"]
        lines += [f"  {number}. {text}" for number, text in enumerate(self.advice, 1)]
        return "\n".join(lines)


def diagnose(
    mean: Any,
    logvar: Any,
    rec: Any = None,
    *,
    rec_other: Any = None,
    rec_same_length: Any = None,
    rec_prior: Any = None,
    rec_masked: Any = None,
    rec_unigram: Any = None,
    beta: float | None = None,
    beta_top: float = 1.0,
    steps: int | None = None,
    complete: bool = False,
    thresholds: Thresholds | None = None,
    seed: int = 0,
) -> Diagnosis:
    """Judge whether the latent variable of a VAE is alive: diagonal Gaussians, prior N(0, I).

    The more is given the more can be said: posteriors alone show a collapse, an offset, holes and
    silent dimensions, but not whether the decoder makes use of what z tells.

    Of a VAE with a Gaussian prior p(z|c), learned or conditional, give ``(mean - prior_mean) /
    prior_std`` and ``logvar - prior_logvar``, which leaves the KL as it is; what figures then mean
    stands in the documentation ("Is it alive?"). Other priors and discrete codes are not covered.

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor. A thousand
            sentences or more, of a split that was not trained on.
        logvar: Logarithms of the variances of each dimension, same shape.
        rec: Reconstruction loss of each sentence in nats, summed over its words and not averaged,
            with z drawn from its own q(z|x); shape ``(N,)``.
        rec_other: The same with z drawn from q(z|x) of another sentence, whatever its length.
        rec_same_length: The same with z of another sentence of the same length: what is missing
            from ``rec_other`` is what z tells by the length.
        rec_prior: The same with z drawn from the prior.
        rec_masked: The same with the own z and the previous words masked.
        rec_unigram: What word frequencies alone need, a number a sentence or one for all; a
            decoder that needs as much has hardly been trained.
        beta: Weight of the KL when training stopped; see
            :func:`~unvanish.measures.effective_beta` if the loss takes means.
        beta_top: The greatest weight that its schedule has; below 1 for training that is never to
            reach the ELBO.
        steps: Optimizer steps done.
        complete: Whether these sentences are all that there are, instead of some of many.
        thresholds: Where the lines between verdicts are.
        seed: Source of all draws.

    Raises:
        ValueError: If an array is empty, not finite, or of another shape, or has a single row; or
            a number is not possible.

    Warns:
        PosteriorsWarning: If ``logvar`` looks like standard deviations or variances, or there are
            fewer sentences than dimensions.

    Example:
        A constant encoder far from the prior has a KL of 8 nats a dimension and says nothing:

        >>> import numpy as np
        >>> found = diagnose(np.full((500, 16), 4.0), np.zeros((500, 16)))
        >>> found.verdict, round(found.figures.kl)
        ('paper-only', 128)
    """
    others = (rec_other, rec_same_length, rec_prior, rec_masked, rec_unigram)
    if rec is None and any(values is not None for values in others):
        raise ValueError("rec is missing: give the loss with z of q(z|x) to compare others with")
    losses = None if rec is None else Losses(rec, *others)
    if losses is not None and len(losses.own) != len(mean):
        n = len(losses.own)
        raise ValueError(f"rec has {n} numbers for {len(mean)} sentences: give one for each")
    circumstances = Circumstances(beta, beta_top, steps)
    mean, logvar = gaussian_posteriors(mean, logvar)
    require_rows(mean)
    warn_of_unlikely_posteriors(logvar)
    figures = measure(
        mean, logvar, losses, complete=complete, circumstances=circumstances, seed=seed
    )
    return judge(figures, thresholds)


def judge(figures: Figures, thresholds: Thresholds | None = None) -> Diagnosis:
    """Put verdict, evidence and advice together from figures.

    Args:
        figures: What was measured.
        thresholds: Where the lines between verdicts are.
    """
    lines = thresholds or Thresholds()
    found = decide(figures, lines)
    evidence = describe(figures, found.reason, lines)
    return Diagnosis(found.verdict, evidence, advise(found, figures), figures, found.reason)
