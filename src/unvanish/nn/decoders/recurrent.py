"""A recurrent decoder: an LSTM or GRU over previous words, told about z."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from ...config import RecurrentDecoderConfig
from ..dropout import Dropout
from ..recurrent import RecurrentState, recurrent_layers, select_rows, state_from_hidden
from ..tied_output import TiedOutput
from . import EmbeddingDecoder

__all__ = ["RecurrentDecoder"]


class RecurrentDecoder(EmbeddingDecoder):
    """Predicts every word from the words before it and z.

    Args:
        config: Cell, sizes, layers, where z enters, dropout.
        vocabulary_size: Number of entries of the vocabulary.
        latent_size: Number of dimensions of z.
    """

    def __init__(
        self, config: RecurrentDecoderConfig, *, vocabulary_size: int, latent_size: int
    ) -> None:
        super().__init__()
        self.config = config
        enters = config.latent_enters
        beside_input = latent_size if "inputs" in enters else 0
        beside_state = latent_size if "output" in enters else 0
        self.embedding = nn.Embedding(vocabulary_size, config.embedding_size)
        self.layers = recurrent_layers(
            config.cell,
            input_size=config.embedding_size + beside_input,
            hidden_size=config.hidden_size,
            layers=config.layers,
        )
        if "initial-state" in enters:
            self.initial = nn.Linear(latent_size, config.layers * config.hidden_size)
        states_size = config.hidden_size + beside_state
        if config.tied:
            self.projection = nn.Linear(states_size, config.embedding_size, bias=False)
            self.output: nn.Linear = TiedOutput(self.embedding)
        else:
            self.output = nn.Linear(states_size, vocabulary_size)
        self.input_dropout = Dropout(config.input_dropout)
        self.output_dropout = Dropout(config.output_dropout)

    def initial_state(self, z: Float[Tensor, "batch latent"]) -> RecurrentState:
        """Give the state before the first word, (layers, batch, hidden)."""
        config = self.config
        shape = (len(z), config.layers, config.hidden_size)
        if "initial-state" in config.latent_enters:
            hidden = self.initial(z).view(shape)
        else:
            hidden = z.new_zeros(shape)
        return state_from_hidden(config.cell, hidden.transpose(0, 1).contiguous())

    def advance(
        self,
        z: Float[Tensor, "batch latent"],
        inputs: Int64[Tensor, "batch time"],
        state: RecurrentState,
    ) -> tuple[Float[Tensor, "batch time features"], RecurrentState]:
        """Read some words and give what the output layer reads at each, and the state after.

        Args:
            z: A latent vector for each sentence.
            inputs: Previous words.
            state: The state before them, from :meth:`initial_state` or an earlier call.
        """
        return self._advance(z, self.embed(inputs), state)

    def embed(self, inputs: Int64[Tensor, "batch time"]) -> Float[Tensor, "batch time embedding"]:
        """Give what is read of previous words, dropout included, whatever z is.

        Args:
            inputs: Previous words.
        """
        words: Tensor = self.input_dropout(self.embedding(inputs))
        return words

    def unroll(
        self, z: Float[Tensor, "batch latent"], words: Float[Tensor, "batch time embedding"]
    ) -> Float[Tensor, "batch time features"]:
        """Give what :meth:`forward` gives, from words that have been embedded once for many z.

        Args:
            z: A latent vector for each sentence.
            words: What :meth:`embed` gave for the previous words.
        """
        return self._advance(z, words, self.initial_state(z))[0]

    def _advance(
        self,
        z: Float[Tensor, "batch latent"],
        words: Float[Tensor, "batch time embedding"],
        state: RecurrentState,
    ) -> tuple[Float[Tensor, "batch time features"], RecurrentState]:
        beside = z.unsqueeze(1).expand(-1, words.shape[1], -1)
        if "inputs" in self.config.latent_enters:
            words = torch.cat([words, beside.to(words.dtype)], dim=-1)
        states, state = self.layers(words, state)
        states = self.output_dropout(states)
        if "output" in self.config.latent_enters:
            states = torch.cat([states, beside.to(states.dtype)], dim=-1)
        return self.projection(states) if self.config.tied else states, state

    def select(self, state: RecurrentState, rows: Int64[Tensor, " selected"]) -> RecurrentState:
        """Give the state of other rows of the batch, as a beam search reorders them.

        Args:
            state: From :meth:`initial_state` or :meth:`advance`.
            rows: Which row each new one goes on from; a row may be named often or never.
        """
        return select_rows(state, rows)

    def forward(
        self, z: Float[Tensor, "batch latent"], inputs: Int64[Tensor, "batch time"]
    ) -> Float[Tensor, "batch time features"]:
        """Give what the output layer reads at each position of whole sentences.

        The output layer is applied apart, so that a loss can leave out padding or work in
        portions without ever holding all logits.

        Args:
            z: A latent vector for each sentence.
            inputs: Previous words, the begin symbol first.
        """
        return self.advance(z, inputs, self.initial_state(z))[0]
