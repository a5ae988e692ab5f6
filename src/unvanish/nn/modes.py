"""Training and evaluation mode."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

__all__ = ["evaluating"]


@contextmanager
def evaluating(module: nn.Module, *, differentiable: bool = False) -> Iterator[None]:
    """Switch dropout and gradients off for a while, and the module back to its mode afterwards.

    Args:
        module: A model in either mode.
        differentiable: Whether tensors made meanwhile may be differentiated where gradients are
            switched on again; it costs a little.

    Example:
        >>> layer = nn.Dropout(0.5)
        >>> with evaluating(layer):
        ...     layer(torch.ones(3))
        tensor([1., 1., 1.])
        >>> layer.training
        True
    """
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad() if differentiable else torch.inference_mode():
            yield
    finally:
        module.train(was_training)
