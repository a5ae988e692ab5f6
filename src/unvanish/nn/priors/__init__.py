"""Distributions that q(z|x) is compared with."""

from typing import Protocol, runtime_checkable

from ..distribution import Distribution

__all__ = ["Prior"]


@runtime_checkable
class Prior(Protocol):
    """What a text VAE asks of a prior, a module built by ``PriorConfig.build``."""

    def __call__(self) -> Distribution:
        """Give p(z), which is that of every sentence."""
        ...
