"""Distributions that q(z|x) is compared with."""

from abc import ABC, abstractmethod

from torch import nn

from ..distribution import Distribution

__all__ = ["Prior"]


class Prior(nn.Module, ABC):
    """What a text VAE asks of a prior, as ``PriorConfig.build`` makes it."""

    @abstractmethod
    def forward(self) -> Distribution:
        """Give p(z), which is that of every sentence."""
