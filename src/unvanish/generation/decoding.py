"""Words one after the other, from a latent vector."""

import math

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from ..config import UsageError
from ..data.vocabulary import BOS, EOS, PAD
from ..models import TextVAE
from ..nn import evaluating

__all__ = ["generate_tokens"]


def generate_tokens(
    model: TextVAE,
    z: Float[Tensor, "batch latent"],
    *,
    temperature: float = 0.0,
    max_words: int = 100,
    generator: torch.Generator | None = None,
) -> Int64[Tensor, "batch time"]:
    """Write one sentence for each latent vector.

    Padding and the begin symbol are never written, and every sentence ends with the end symbol: at
    ``max_words`` words it is set. What follows is filled with end symbols.

    Args:
        model: The model; its mode is restored afterwards.
        z: Latent vectors.
        temperature: 0 takes the most probable word each time (greedy); otherwise words are
            drawn from softmax(logits / temperature).
        max_words: Words a sentence may have.
        generator: Source of the draws; torch's own when absent.

    Raises:
        UsageError: If ``temperature`` is below 0 or not finite, or ``max_words`` below 1.
    """
    if not 0 <= temperature < math.inf:
        raise UsageError(f"temperature={temperature} is not possible: give a number from 0 on")
    if max_words < 1:
        raise UsageError(f"max_words={max_words} is not possible: give at least 1")
    with evaluating(model):
        state = model.decoder.initial_state(z)
        words = torch.full((len(z), 1), BOS, dtype=torch.int64, device=z.device)
        ended = torch.zeros_like(words, dtype=torch.bool)
        written: list[Tensor] = []
        while len(written) < max_words and not bool(ended.all()):
            features, state = model.decoder.advance(z, words, state)
            logits = model.decoder.output(features[:, -1]).float()
            logits[:, [PAD, BOS]] = -torch.inf
            words = _choose(logits, temperature, generator).masked_fill(ended, EOS)
            ended = words == EOS
            written.append(words)
    return torch.cat([*written, torch.full_like(words, EOS)], dim=1)


def _choose(
    logits: Float[Tensor, "batch vocabulary"],
    temperature: float,
    generator: torch.Generator | None,
) -> Int64[Tensor, "batch 1"]:
    if temperature == 0:
        return logits.argmax(-1, keepdim=True)
    # the best logit becomes 0, so that dividing by a tiny temperature cannot overflow it
    best = logits.amax(-1, keepdim=True)
    probabilities = torch.softmax((logits - best) / temperature, dim=-1)
    return torch.multinomial(probabilities, 1, generator=generator)
