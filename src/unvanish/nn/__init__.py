"""Building blocks: encoders, decoders, posteriors and priors, one file a family."""

from .distribution import Distribution, FactorizedDistribution
from .dropout import Dropout, drawing_from
from .gaussian import DiagonalGaussian
from .keyed_noise import KeyedNoise
from .modes import evaluating
from .point import Point

__all__ = [
    "DiagonalGaussian",
    "Distribution",
    "Dropout",
    "FactorizedDistribution",
    "KeyedNoise",
    "Point",
    "drawing_from",
    "evaluating",
]
