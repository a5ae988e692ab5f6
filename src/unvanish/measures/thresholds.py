"""Where the lines between verdicts are drawn, and why there."""

import math
from dataclasses import dataclass, fields

__all__ = ["ACTIVE", "LEAST_INFORMATION", "Thresholds"]

LEAST_INFORMATION = 0.1
"""Nats per sentence below which z tells next to nothing."""

ACTIVE = 0.01
"""Variance of a posterior mean above which a dimension counts as active unit (Burda et al.)."""


@dataclass(frozen=True)
class Thresholds:
    """The lines between verdicts; all in nats per sentence but the counts and shares.

    Args:
        information: Least information in z that is more than nothing. 0.1 nats are a seventh of
            the answer to one yes-or-no question.
        dimension: The same for one dimension. 0.01 nats are what a Gaussian channel carries
            whose posterior means vary by 2 % of the prior's variance.
        offset: Least KL without information that is called an offset rather than a trace of
            training.
        use: Least share of the information in q(z|x) that the decoder must lose with another
            sentence's z, if it makes use of z at all. A decoder that inverts q(z|x) loses the
            whole of it or more.
        hole: Least divergence of the aggregated posterior and the prior that is called far: at 1
            nat, one density is e times the other, on average over its own draws.
        hole_share: The same as a share of the KL, for models whose KL is large.
        sentences: Fewest sentences that are judged, unless they are all there are: below, 95 %
            intervals hold less often than they say.

    Raises:
        ValueError: If a line is not a finite number above 0.
    """

    information: float = LEAST_INFORMATION
    dimension: float = 0.01
    offset: float = 0.5
    use: float = 0.1
    hole: float = 1.0
    hole_share: float = 0.05
    sentences: int = 50

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{entry.name}={value!r} is not possible: give a number above 0")
