"""Latent vectors to sentences."""

from abc import ABC, abstractmethod
from typing import Any

from jaxtyping import Float, Int64
from torch import Tensor, nn

__all__ = ["Decoder", "EmbeddingDecoder"]


class Decoder(nn.Module, ABC):
    """What a text VAE asks of a decoder, as ``DecoderConfig.build`` makes it.

    Training reads whole sentences by a call; writing goes on word by word from a state that only
    the decoder understands. Both stop before the output layer, so that logits are made where they
    are needed alone.

    Attributes:
        output: Makes logits over the vocabulary of what the other methods give.
    """

    output: nn.Linear

    @abstractmethod
    def forward(
        self, z: Float[Tensor, "batch latent"], inputs: Int64[Tensor, "batch time"]
    ) -> Float[Tensor, "batch time features"]:
        """Give what the output layer reads at each position of whole sentences.

        Args:
            z: A latent vector for each sentence.
            inputs: Previous words, the begin symbol first.
        """

    @abstractmethod
    def initial_state(self, z: Float[Tensor, "batch latent"]) -> Any:
        """Give the state before the first word."""

    @abstractmethod
    def advance(
        self, z: Float[Tensor, "batch latent"], inputs: Int64[Tensor, "batch time"], state: Any
    ) -> tuple[Float[Tensor, "batch time features"], Any]:
        """Read some words and give what the output layer reads at each, and the state after.

        Args:
            z: A latent vector for each sentence.
            inputs: Previous words.
            state: The state before them.
        """

    @abstractmethod
    def select(self, state: Any, rows: Int64[Tensor, " selected"]) -> Any:
        """Give the state of other rows of the batch, as a beam search reorders them.

        Args:
            state: The state of all rows.
            rows: Which row each new one goes on from; a row may be named often or never.
        """


class EmbeddingDecoder(Decoder):
    """What semi-amortized inference asks too: words embedded once and read beside many z."""

    @abstractmethod
    def embed(self, inputs: Int64[Tensor, "batch time"]) -> Float[Tensor, "batch time embedding"]:
        """Give what is read of previous words, dropout included, whatever z is.

        Args:
            inputs: Previous words.
        """

    @abstractmethod
    def unroll(
        self, z: Float[Tensor, "batch latent"], words: Float[Tensor, "batch time embedding"]
    ) -> Float[Tensor, "batch time features"]:
        """Give what a call gives, from words that have been embedded.

        Args:
            z: A latent vector for each sentence.
            words: What :meth:`embed` gave for the previous words.
        """
