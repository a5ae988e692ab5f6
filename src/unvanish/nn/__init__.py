"""Building blocks: encoders, decoders, posteriors and priors, one file a family."""

from .gaussian import DiagonalGaussian

__all__ = ["DiagonalGaussian"]
