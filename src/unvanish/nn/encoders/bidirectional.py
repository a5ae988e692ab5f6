"""A recurrent encoder from either end, over vectors."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from ...config import BidirectionalUtteranceEncoderConfig
from ..packed_gru import gru_last_states, packed_order

__all__ = ["BidirectionalEncoder"]


class BidirectionalEncoder(nn.Module):
    """Reads a sequence of vectors from both ends and gives the two last states.

    Args:
        config: Cell and size.
        input_size: Size of a vector.

    Attributes:
        features_size: Size of what :meth:`forward` gives, both directions together.
    """

    def __init__(self, config: BidirectionalUtteranceEncoderConfig, *, input_size: int) -> None:
        super().__init__()
        self.features_size = 2 * config.hidden_size
        kind = nn.LSTM if config.cell == "lstm" else nn.GRU
        self.layers = kind(input_size, config.hidden_size, batch_first=True, bidirectional=True)

    def forward(
        self, vectors: Float[Tensor, "batch time size"], lengths: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch features"]:
        """Give the state of each direction after the last vector that it reads.

        Nothing that stands behind the end of a sequence is read.

        Args:
            vectors: Sequences, padded on the right.
            lengths: Vectors of each sequence, at least 1, in main memory.
        """
        if isinstance(self.layers, nn.GRU) and vectors.device.type == "cpu":
            ways = [self._one_way(vectors, lengths, suffix) for suffix in ("", "_reverse")]
            return torch.cat(ways, dim=-1)
        packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
        _, state = self.layers(packed)
        hidden = state[0] if isinstance(state, tuple) else state
        return torch.cat([hidden[0], hidden[1]], dim=-1)

    def _one_way(
        self, vectors: Float[Tensor, "batch time size"], lengths: Int64[Tensor, " batch"], way: str
    ) -> Float[Tensor, "batch hidden"]:
        """Do what torch's GRU does in one direction, in less time on a processor."""
        weight, recurrent, bias, recurrent_bias = (
            getattr(self.layers, f"{name}_l0{way}")
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        order, rows, places, sizes = packed_order(lengths, reverse=bool(way))
        inputs = nn.functional.linear(vectors[rows, places], weight, bias)
        states = gru_last_states(inputs, recurrent, recurrent_bias, sizes)
        return torch.empty_like(states).index_copy(0, order, states)
