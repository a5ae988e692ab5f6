"""Sentences from latent vectors, as ids of words."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor
from torch.nn import functional as F

from ..config import Decoding
from ..config.errors import require
from ..data.vocabulary import BOS, EOS
from ..models import DialogCVAE, TextVAE
from ..nn import evaluating
from .beam import beam_search
from .choosing import draw_words, most_probable_words

__all__ = ["generate_tokens"]


def generate_tokens(
    model: TextVAE | DialogCVAE,
    z: Float[Tensor, "sentences latent"],
    decoding: Decoding = Decoding(),  # noqa: B008 - frozen
    *,
    noise: Float64[Tensor, "sentences words"] | None = None,
    generator: torch.Generator | None = None,
    batch_size: int = 128,
    progress: Callable[[int], None] | None = None,
) -> Int64[Tensor, "sentences time"]:
    """Write one sentence for each latent vector.

    Padding and the begin symbol are never written, and every sentence ends with the end symbol: at
    ``max_words`` words it is set. What follows is filled with end symbols. What is written for a
    latent vector depends on it and its row of ``noise`` alone, not on the sentences beside it.

    Args:
        model: The model; its mode is restored afterwards.
        z: Latent vectors, any number of them.
        decoding: How words are chosen.
        noise: Uniform numbers from 0 to below 1, one row a sentence and one column a word, for
            sampling; drawn when absent.
        generator: Source of the noise; torch's own when absent.
        batch_size: Sentences written at once.
        progress: Called with the number of sentences written, after each batch.

    Raises:
        UsageError: If ``batch_size`` is below 1.
        ValueError: If ``noise`` is not of shape ``(sentences, max_words)``.
    """
    require(batch_size >= 1, "batch_size", batch_size, "give at least 1")
    shape = (len(z), decoding.max_words)
    if not decoding.draws:
        noise = None
    elif noise is None:
        device = None if generator is None else generator.device
        noise = torch.rand(shape, generator=generator, dtype=torch.float64, device=device)
    elif noise.shape != shape:
        raise ValueError(f"noise has shape {tuple(noise.shape)}: give {shape}")
    written = [z.new_empty((0, 1), dtype=torch.int64)]
    for first in range(0, len(z), batch_size):
        rows = slice(first, first + batch_size)
        if decoding.strategy == "beam":
            written.append(beam_search(model, z[rows], decoding).tokens)
        else:
            drawn = None if noise is None else noise[rows].to(z.device)
            written.append(_word_by_word(model, z[rows], decoding, drawn))
        if progress is not None:
            progress(min(first + batch_size, len(z)))
    longest = max(tokens.shape[1] for tokens in written)
    return torch.cat([F.pad(part, (0, longest - part.shape[1]), value=EOS) for part in written])


def _word_by_word(
    model: TextVAE | DialogCVAE,
    z: Float[Tensor, "batch latent"],
    decoding: Decoding,
    noise: Float64[Tensor, "batch words"] | None,
) -> Int64[Tensor, "batch time"]:
    """Write sentences whose words are never taken back."""
    written = torch.full((len(z), decoding.max_words + 1), EOS, device=z.device)
    going_on = torch.arange(len(z), device=z.device)
    words = torch.full_like(going_on, BOS)
    with evaluating(model):
        state = model.decoder.initial_state(z)
        for place in range(decoding.max_words):
            features, state = model.decoder.advance(z, words.unsqueeze(1), state)
            logits = model.decoder.output(features[:, -1]).float()
            if noise is None:
                words = most_probable_words(logits)
            else:
                words = draw_words(logits, decoding, noise[going_on, place])
            written[going_on, place] = words
            rows = (words != EOS).nonzero().squeeze(1)
            if not len(rows):
                return written[:, : place + 2]
            if len(rows) < len(words):  # sentences that have ended cost nothing more
                going_on, words, z = going_on[rows], words[rows], z[rows]
                state = model.decoder.select(state, rows)
    return written
