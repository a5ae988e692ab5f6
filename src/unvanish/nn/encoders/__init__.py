"""Sentences to feature vectors."""

from abc import ABC, abstractmethod

from jaxtyping import Float, Int64
from torch import Tensor, nn

__all__ = ["Encoder"]


class Encoder(nn.Module, ABC):
    """What a text VAE asks of an encoder, as ``EncoderConfig.build`` makes it.

    Attributes:
        features_size: Number of features of a sentence.
    """

    features_size: int

    @abstractmethod
    def forward(
        self, tokens: Int64[Tensor, "batch time"], lengths: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch features"]:
        """Give the features of each sentence; padding has no part in them.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
        """
