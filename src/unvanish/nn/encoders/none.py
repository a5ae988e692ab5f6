"""No encoder: a sentence has no features."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from ...config import NoEncoderConfig
from . import Encoder

__all__ = ["NoEncoder"]


class NoEncoder(Encoder):
    """Gives every sentence a vector of no features.

    Args:
        config: The settings; there are none.
        vocabulary_size: Number of entries of the vocabulary; of no use here.

    Attributes:
        features_size: 0.
    """

    features_size = 0

    def __init__(self, config: NoEncoderConfig, *, vocabulary_size: int) -> None:
        super().__init__()

    def forward(
        self, tokens: Int64[Tensor, "batch time"], lengths: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch 0"]:
        """Give no features for each sentence.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
        """
        return torch.zeros(len(tokens), 0, device=tokens.device)
