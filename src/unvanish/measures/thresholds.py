"""Where the lines are drawn, and why there."""

from dataclasses import dataclass

__all__ = ["LEAST_INFORMATION", "Thresholds"]

LEAST_INFORMATION = 0.1
"""Nats per sentence below which z tells next to nothing."""


@dataclass(frozen=True)
class Thresholds:
    """The lines between verdicts; all in nats per sentence but the shares.

    Args:
        information: Least information in z that is more than nothing. 0.1 nats are a seventh of
            the answer to one yes-or-no question.
        dimension: The same for one dimension. 0.01 nats are what a Gaussian channel carries
            whose posterior means vary by 2 % of the prior's variance; the variance of 0.01 that
            counts as an active unit carries half of it.
        offset: Least KL without information that is called an offset rather than a trace of
            training.
        use: Least share of the information in q(z|x) that the decoder must lose with another
            sentence's z, if it makes use of z at all. A decoder that inverts q(z|x) loses the
            whole of it or more.
        hole: Least distance of the aggregated posterior from the prior that is called a hole: at
            1 nat, draws of the prior fall where posteriors are e times rarer, on average.
        hole_share: The same as a share of the KL, for models whose KL is large.
    """

    information: float = LEAST_INFORMATION
    dimension: float = 0.01
    offset: float = 0.5
    use: float = 0.1
    hole: float = 1.0
    hole_share: float = 0.1
