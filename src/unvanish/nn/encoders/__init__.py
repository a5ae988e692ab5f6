"""Sentences to feature vectors."""

from typing import Protocol, runtime_checkable

from jaxtyping import Float, Int64
from torch import Tensor

__all__ = ["Encoder"]


@runtime_checkable
class Encoder(Protocol):
    """What a text VAE asks of an encoder, a module built by ``EncoderConfig.build``.

    Attributes:
        features_size: Number of features of a sentence.
    """

    features_size: int

    def __call__(
        self, tokens: Int64[Tensor, "batch time"], lengths: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch features"]:
        """Give the features of each sentence; padding has no part in them.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
        """
        ...
