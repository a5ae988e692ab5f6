"""Dropout that can be told where its choice comes from.

Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 2014.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from .keyed_noise import KeyedNoise

__all__ = ["Dropout", "drawing_from"]


class Dropout(nn.Dropout):
    """torch's dropout, which inside :func:`drawing_from` depends on sentence and step alone.

    Args:
        p: Probability of being dropped.
    """

    def __init__(self, p: float) -> None:
        super().__init__(p)
        self._source: tuple[KeyedNoise, str] | None = None

    def forward(self, values: Float[Tensor, "batch *features"]) -> Float[Tensor, "batch *features"]:
        """Drop some values and make the others larger, in training."""
        if self._source is None or not self.training or not 0 < self.p < 1:
            return super().forward(values)
        noise, name = self._source
        if len(noise.keys) != len(values):
            raise ValueError(f"noise of {len(noise.keys)} sentences for a batch of {len(values)}")
        kept = noise.kept(name, tuple(values.shape[1:]), self.p)
        return values * (1 / (1 - self.p)) * kept.to(values.dtype)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_source": None}  # a copy draws for itself


@contextmanager
def drawing_from(module: nn.Module, noise: KeyedNoise) -> Iterator[None]:
    """Let all dropout within a module choose by keyed noise for a while.

    The batch must be the sentences of the noise, in their order, and a model must be used by one
    thread at a time.

    Args:
        module: A model with any number of :class:`Dropout` layers.
        noise: Where their choices come from; each layer has its own by its name.

    Example:
        >>> import torch
        >>> layers = nn.Sequential(Dropout(0.5))
        >>> noise = KeyedNoise.of(seed=1, step=0, sentences=torch.tensor([3]))
        >>> with drawing_from(layers, noise):
        ...     first, second = layers(torch.ones(1, 8)), layers(torch.ones(1, 8))
        >>> torch.equal(first, second)
        True
    """
    layers = {name: each for name, each in module.named_modules() if isinstance(each, Dropout)}
    before = {name: layer._source for name, layer in layers.items()}
    for name, layer in layers.items():
        layer._source = (noise, name)
    try:
        yield
    finally:
        for name, layer in layers.items():
            layer._source = before[name]
