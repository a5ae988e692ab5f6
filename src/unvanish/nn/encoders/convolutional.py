"""A convolutional encoder: filters over time, one upon another."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from ...config import ConvolutionalEncoderConfig
from . import Encoder

__all__ = ["ConvolutionalEncoder"]

_PADDING = 0
"""The id of padding in every vocabulary."""


class ConvolutionalEncoder(Encoder):
    """Reads a sentence through convolutions, each over what the one before it has found.

    A sentence is laid out without its begin symbol, with one padding symbol less than the first
    filters are wide in front of it and as many behind it, and more behind it until the filters of
    the last convolution fit. These end in a tanh, all others in a ReLU. With the default sizes they
    fit once for sentences of up to 17 words, the end symbol counted, on 25 positions: the layout
    of Fu et al. (2019). Where they fit more often, the greatest value of each filter is taken.
    Where they read what another sentence of the batch needs and this one does not, it is left out:
    features depend on the sentence alone.

    Args:
        config: Sizes of embeddings and filters.
        vocabulary_size: Number of entries of the vocabulary.

    Attributes:
        features_size: Size of the vector that :meth:`forward` gives.
        field: Positions that one place of the last filters reads.
        step: Positions from one place of the last filters to the next.

    References:
        Fu et al., Cyclical Annealing Schedule, NAACL 2019, https://arxiv.org/abs/1903.10145,
        section 6.3. The greatest value over time: Collobert et al., Natural Language Processing
        (Almost) from Scratch, JMLR 2011.

    Example:
        >>> encoder = ConvolutionalEncoder(ConvolutionalEncoderConfig(), vocabulary_size=9)
        >>> encoder.field, encoder.step, encoder.features_size
        (25, 4, 900)
    """

    def __init__(self, config: ConvolutionalEncoderConfig, *, vocabulary_size: int) -> None:
        super().__init__()
        self.config = config
        self.features_size = config.filters[-1]
        self.embedding = nn.Embedding(vocabulary_size, config.embedding_size)
        read = (config.embedding_size, *config.filters[:-1])
        sizes = zip(read, config.filters, config.widths, config.strides, strict=True)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(before, filters, width, stride) for before, filters, width, stride in sizes
        )
        self.field, self.step = 1, 1
        for width, stride in zip(config.widths, config.strides, strict=True):
            self.field += (width - 1) * self.step
            self.step *= stride

    def forward(
        self, tokens: Int64[Tensor, "batch time"], lengths: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch features"]:
        """Give the last convolution's greatest values over each sentence.

        Args:
            tokens: Sentences with their begin and end symbols, padded on the right.
            lengths: Tokens of each sentence, symbols included, padding not.
        """
        words, lengths = tokens[:, 1:], lengths - 1
        behind = torch.arange(words.shape[1], device=words.device) >= lengths.unsqueeze(1)
        around = self.config.widths[0] - 1
        most = int(self._places(torch.tensor(words.shape[1])))
        width = self.field + self.step * (most - 1)
        room = (around, width - around - words.shape[1])
        found = self._embed(F.pad(words.masked_fill(behind, _PADDING), room, value=_PADDING))
        for convolution in self.convolutions[:-1]:
            found = F.relu(_convolve(convolution, found))
        found = torch.tanh(_convolve(self.convolutions[-1], found))
        foreign = torch.arange(most, device=words.device) >= self._places(lengths).unsqueeze(1)
        features: Tensor = found.masked_fill(foreign.unsqueeze(2), -torch.inf).amax(1)
        return features

    def _places(self, words: Int64[Tensor, "*sentences"]) -> Int64[Tensor, "*sentences"]:
        """Count the places of the last filters that sentences of so many words need."""
        beyond = words + 2 * (self.config.widths[0] - 1) - self.field
        return 1 + (beyond.clamp(min=0) + self.step - 1) // self.step

    def _embed(self, words: Int64[Tensor, "batch time"]) -> Float[Tensor, "batch time channels"]:
        """Look up the words' vectors."""
        vectors: Tensor = self.embedding(words)
        return F.normalize(vectors, dim=-1) if self.config.normalized else vectors


def _convolve(
    convolution: nn.Module, found: Float[Tensor, "batch time channels"]
) -> Float[Tensor, "batch places filters"]:
    """Let filters slide over time, as one matrix product.

    On a processor torch's own convolution takes several times as long to find the gradients of so
    many filters at so few places.
    """
    assert isinstance(convolution, nn.Conv1d)
    (width,), (stride,) = convolution.kernel_size, convolution.stride
    windows = found.unfold(1, width, stride).flatten(2)
    return F.linear(windows, convolution.weight.flatten(1), convolution.bias)
