"""Everything that a verdict is founded on, measured."""

import math
import operator
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activity import posterior_mean_variance
from ..dimensions import information_per_dimension
from ..estimate import Estimate, Interval
from ..gaussians import gaussian_posteriors, require_rows
from ..holes import least_marginal_kl, least_prior_gap
from ..information import index_information
from ..intervals import NORMAL_95, student_t_95
from ..mutual_information import mutual_information
from ..rate import rate
from ..spread_rows import spread_rows
from ..thresholds import ACTIVE, Thresholds
from .losses import Losses

__all__ = ["Circumstances", "Figures", "measure"]

_MOST = 10_000
"""Sentences whose posteriors are compared, each with each."""


@dataclass(frozen=True)
class Circumstances:
    """What is known beside the posteriors; ``None`` where it is not.

    Args:
        beta: Weight of the KL when training stopped, in units of the ELBO.
        beta_top: The greatest weight that its schedule has.
        steps: Optimizer steps done.
        remedies: What is in use already against a collapse: ``"cyclical"``, ``"free-bits"``.
        different: How many of the sentences differ in their words.
        whole_losses: Whether rec is known to be that of whole sentences, as in a run of unvanish.
    """

    beta: float | None = None
    beta_top: float = 1.0
    steps: int | None = None
    remedies: tuple[str, ...] = ()
    different: int | None = None
    whole_losses: bool = False

    def __post_init__(self) -> None:
        for name in ("beta", "beta_top", "steps"):
            value = getattr(self, name)
            if value is None and name != "beta_top":
                continue
            object.__setattr__(self, name, _from_0(name, value))


def _from_0(name: str, value: Any) -> float:
    """Take a number from 0, of Python, of numpy or of a tensor; whole ones stay whole."""
    number: float = math.nan
    try:
        number = operator.index(value)
    except (TypeError, ValueError, RuntimeError):
        with suppress(TypeError, ValueError, RuntimeError, OverflowError):
            number = math.nan if isinstance(value, str) else float(value)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"{name}={value!r} is not possible: give a finite number from 0")
    return number


@dataclass(frozen=True)
class Figures:
    """What was measured; nats per sentence.

    Args:
        sentences: How many there are.
        compared: How many of them were compared, each with each.
        complete: Whether they are all that there are.
        kl: Mean KL from the prior.
        kl_at_most: What that is of sentences in general, at most: the end of its 95 % interval by
            Student's t.
        kl_per_dimension: The same by dimension.
        information: Interval of the mutual information of z and sentence; ``value`` is the
            estimate with the own posterior, which errs downwards.
        ceiling: What that estimate cannot exceed, ln of ``compared``.
        information_per_dimension: Interval for each dimension by itself.
        marginal_kl: Least and greatest KL(q(z) || p(z)): how far codes are from the prior, taking
            the mean KL of these sentences as it is.
        prior_gap: Least KL(p(z) || q(z)): how far draws of the prior are from the codes.
        variances: Variance of the posterior mean of each dimension.
        rec: Mean reconstruction loss; ``None`` where it was not given, as are the next.
        gap_other: What it costs to decode with another sentence's z, whatever its length; in
            :class:`unvanish.evaluation.Interventions` that is ``gap_any``, and ``gap_other`` there
            is ``gap_same_length`` here.
        gap_same_length: What it costs if that sentence is of the same length.
        gap_prior: What it costs to decode with z of the prior.
        gap_words: What it costs to decode without the previous words.
        gap_unigram: What it would cost to know the words' frequencies alone.
        circumstances: What else is known.
    """

    sentences: int
    compared: int
    complete: bool
    kl: float
    kl_at_most: float
    kl_per_dimension: NDArray[np.float64]
    information: Interval
    ceiling: float
    information_per_dimension: tuple[Interval, ...]
    marginal_kl: Interval
    prior_gap: float
    variances: NDArray[np.float64]
    rec: float | None = None
    gap_other: Interval | None = None
    gap_same_length: Interval | None = None
    gap_prior: Interval | None = None
    gap_words: Interval | None = None
    gap_unigram: Interval | None = None
    circumstances: Circumstances = field(default_factory=Circumstances)

    @property
    def most_information(self) -> float:
        """What z tells at most: it can tell no more than the KL."""
        return min(self.information.high, self.kl_at_most)

    @property
    def latent_size(self) -> int:
        """Dimensions of z."""
        return len(self.kl_per_dimension)

    @property
    def active_units(self) -> int:
        """Dimensions whose posterior mean varies by more than 0.01; no verdict rests on it."""
        return int((self.variances > ACTIVE).sum())

    def silent_dimensions(self, line: float = Thresholds.dimension) -> tuple[int, ...]:
        """List the dimensions, from 1, that surely tell less than a line.

        Args:
            line: Nats per sentence.
        """
        told = enumerate(self.information_per_dimension, 1)
        return tuple(j for j, interval in told if interval.high < line)

    def undecided_dimensions(self, line: float = Thresholds.dimension) -> tuple[int, ...]:
        """List the dimensions, from 1, that may tell less than a line or more.

        Args:
            line: Nats per sentence.
        """
        told = enumerate(self.information_per_dimension, 1)
        return tuple(j for j, interval in told if interval.low < line <= interval.high)

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as plain values for JSON."""
        plain = {entry.name: _plain(getattr(self, entry.name)) for entry in fields(self)}
        return {**plain, "active_units": self.active_units}


def measure(
    mean: Any,
    logvar: Any,
    losses: Losses | None = None,
    *,
    complete: bool = False,
    circumstances: Circumstances | None = None,
    seed: int = 0,
) -> Figures:
    """Measure posteriors and what the decoder makes of them.

    Args:
        mean: Means of q(z|x), shape ``(N, d)``; a numpy array or a torch tensor.
        logvar: Logarithms of the variances, same shape.
        losses: What the decoder makes of all N sentences, or of some of them.
        complete: Whether these sentences are all that there are, as in the illustrative problem;
            then z is asked which of them it came from, and else what it tells in general.
        circumstances: What else is known.
        seed: Source of all draws.

    Raises:
        ValueError: If an array is empty, not finite, or of another shape, or has a single row.
    """
    mean, logvar = gaussian_posteriors(mean, logvar)
    require_rows(mean)
    rows = spread_rows(len(mean), _MOST)
    told = _information(mean[rows], logvar[rows], complete, seed)
    kl = rate(mean, logvar)
    total = float(kl.sum(axis=1).mean())
    return Figures(
        sentences=len(mean),
        compared=len(rows),
        complete=complete,
        kl=total,
        kl_at_most=total if complete else _greatest_mean(kl.sum(axis=1)),
        kl_per_dimension=kl.mean(axis=0),
        information=told,
        ceiling=math.log(len(rows)),
        information_per_dimension=_by_dimension(mean, logvar, complete, seed),
        marginal_kl=_marginal(mean, logvar, total, told),
        prior_gap=0.0 if complete else least_prior_gap(mean, logvar, seed=seed),
        variances=posterior_mean_variance(mean),
        **({} if losses is None else losses.figures(seed)),
        circumstances=circumstances or Circumstances(),
    )


def _greatest_mean(values: NDArray[np.float64]) -> float:
    n = len(values)
    return float(values.mean() + student_t_95(n - 1) * values.std(ddof=1) / math.sqrt(n))


def _information(
    mean: NDArray[np.float64], logvar: NDArray[np.float64], complete: bool, seed: int
) -> Interval:
    if complete:
        return _around(index_information(mean, logvar, seed=seed))
    found = mutual_information(mean, logvar, seed=seed)
    return Interval(max(0.0, found.low.value), *found.interval)


def _by_dimension(
    mean: NDArray[np.float64], logvar: NDArray[np.float64], complete: bool, seed: int
) -> tuple[Interval, ...]:
    if not complete:
        found = information_per_dimension(mean, logvar, seed=seed)
        ends = zip(found.low.tolist(), found.high.tolist(), strict=True)
        return tuple(Interval((low + high) / 2, low, high) for low, high in ends)
    columns = [slice(j, j + 1) for j in range(mean.shape[1])]
    return tuple(_information(mean[:, j], logvar[:, j], True, seed) for j in columns)


def _around(estimate: Estimate) -> Interval:
    """Give the 95 % interval of an estimate, which is no less than 0."""
    away = NORMAL_95 * estimate.error
    ends = max(0.0, estimate.value - away), max(0.0, estimate.value + away)
    return Interval(max(0.0, estimate.value), *ends)


def _marginal(
    mean: NDArray[np.float64], logvar: NDArray[np.float64], kl: float, told: Interval
) -> Interval:
    """Bound the distance of q(z) from the prior: what of the KL is not information."""
    low = max(0.0, kl - told.high, least_marginal_kl(mean, logvar))
    high = max(low, kl - told.low)
    return Interval((low + high) / 2, low, high)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Interval | Circumstances):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    return value
