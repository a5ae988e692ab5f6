"""LSTM and GRU behind one signature."""

from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

__all__ = ["RecurrentState", "recurrent_layers", "select_rows", "state_from_hidden"]

RecurrentState = tuple[Tensor, Tensor] | Tensor
"""What an LSTM (hidden, memory) or a GRU (hidden) carries, each ``(layers, batch, hidden)``."""


def recurrent_layers(
    cell: Literal["lstm", "gru"], *, input_size: int, hidden_size: int, layers: int
) -> nn.LSTM | nn.GRU:
    """Make torch's recurrent layers, batch first."""
    kind = nn.LSTM if cell == "lstm" else nn.GRU
    return kind(input_size, hidden_size, num_layers=layers, batch_first=True)


def state_from_hidden(
    cell: Literal["lstm", "gru"], hidden: Float[Tensor, "layers batch hidden"]
) -> RecurrentState:
    """Make a first state out of its hidden part; an LSTM's memory starts at zero."""
    return (hidden, torch.zeros_like(hidden)) if cell == "lstm" else hidden


def select_rows(state: RecurrentState, rows: Int64[Tensor, " selected"]) -> RecurrentState:
    """Take the states of some sentences, in any order and as often as wanted."""
    if isinstance(state, tuple):
        hidden, memory = state
        return hidden.index_select(1, rows), memory.index_select(1, rows)
    return state.index_select(1, rows)
