"""Utterances before a response, one after the other."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from ...config import RecurrentContextEncoderConfig
from ..recurrent import recurrent_layers

__all__ = ["ContextEncoder"]


class ContextEncoder(nn.Module):
    """Reads features of utterances, each beside whose it is, and gives the state after the last.

    Args:
        config: Cell and size.
        input_size: Size of an utterance's features.

    Attributes:
        features_size: Size of what :meth:`forward` gives.
    """

    def __init__(self, config: RecurrentContextEncoderConfig, *, input_size: int) -> None:
        super().__init__()
        self.features_size = config.hidden_size
        self.layers = recurrent_layers(
            config.cell, input_size=input_size + 2, hidden_size=config.hidden_size, layers=1
        )

    def forward(
        self,
        utterances: Float[Tensor, "batch utterances size"],
        same_floor: Bool[Tensor, "batch utterances"],
        counts: Int64[Tensor, " batch"],
    ) -> Float[Tensor, "batch features"]:
        """Give the state after each context's last utterance.

        Args:
            utterances: Features, the earliest first, padded on the right.
            same_floor: True where an utterance is of the one who responds.
            counts: Utterances of each context, at least 1.
        """
        floors = nn.functional.one_hot(same_floor.long(), 2).to(utterances.dtype)
        states, _ = self.layers(torch.cat([utterances, floors], dim=-1))
        rows = torch.arange(len(utterances), device=utterances.device)
        features: Tensor = states[rows, counts.to(utterances.device) - 1]
        return features
