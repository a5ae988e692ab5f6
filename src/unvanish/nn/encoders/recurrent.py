"""A recurrent encoder: the last state of an LSTM or GRU."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from ...config import RecurrentEncoderConfig
from ..recurrent import recurrent_layers
from . import Encoder

__all__ = ["RecurrentEncoder"]


class RecurrentEncoder(Encoder):
    """Reads a sentence from its first symbol to its last and gives the state after it.

    Args:
        config: Cell, sizes and layers.
        vocabulary_size: Number of entries of the vocabulary.

    Attributes:
        features_size: Size of the vector that :meth:`forward` gives.
    """

    def __init__(self, config: RecurrentEncoderConfig, *, vocabulary_size: int) -> None:
        super().__init__()
        self.features_size = config.hidden_size
        self.embedding = nn.Embedding(vocabulary_size, config.embedding_size)
        self.layers = recurrent_layers(
            config.cell,
            input_size=config.embedding_size,
            hidden_size=config.hidden_size,
            layers=config.layers,
        )

    def forward(
        self, tokens: Int64[Tensor, "batch time"], lengths: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch features"]:
        """Give the top layer's state at each sentence's last token.

        What stands behind the last token is read by the layers but reaches no output: the state
        at position ``length - 1`` depends on nothing to its right.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
        """
        states, _ = self.layers(self.embedding(tokens))
        rows = torch.arange(len(tokens), device=tokens.device)
        features: Tensor = states[rows, lengths - 1]
        return features
