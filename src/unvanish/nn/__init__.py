"""Building blocks: encoders, decoders, posteriors and priors, one file a family."""

from .distribution import Distribution, FactorizedDistribution
from .gaussian import DiagonalGaussian
from .modes import evaluating

__all__ = ["DiagonalGaussian", "Distribution", "FactorizedDistribution", "evaluating"]
