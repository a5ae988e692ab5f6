"""Words one after the other, from a latent vector."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from ..config import UsageError
from ..data.vocabulary import BOS, EOS, PAD
from ..models import TextVAE

__all__ = ["generate_tokens"]


@torch.inference_mode()
def generate_tokens(
    model: TextVAE,
    z: Float[Tensor, "batch latent"],
    *,
    temperature: float = 0.0,
    max_words: int = 100,
    generator: torch.Generator | None = None,
) -> Int64[Tensor, "batch time"]:
    """Write one sentence for each latent vector.

    Padding and the begin symbol are never written. A finished sentence is filled with end
    symbols.

    Args:
        model: The model; its mode is restored afterwards.
        z: Latent vectors.
        temperature: 0 takes the most probable word each time (greedy); otherwise words are
            drawn from softmax(logits / temperature).
        max_words: Stop sentences that have not ended by then.
        generator: Source of the draws; torch's own when absent.

    Raises:
        UsageError: If ``temperature`` is below 0 or ``max_words`` below 1.
    """
    if not temperature >= 0:
        raise UsageError(f"temperature={temperature} is not possible: give 0 or more")
    if max_words < 1:
        raise UsageError(f"max_words={max_words} is not possible: give at least 1")
    was_training = model.training
    model.eval()
    state = model.decoder.initial_state(z)
    words = torch.full((len(z), 1), BOS, dtype=torch.int64, device=z.device)
    ended = torch.zeros(len(z), dtype=torch.bool, device=z.device)
    written = []
    for _ in range(max_words + 1):
        features, state = model.decoder.advance(z, words, state)
        logits = model.decoder.output(features[:, -1]).float()
        logits[:, [PAD, BOS]] = -torch.inf
        words = _choose(logits, temperature, generator)
        words[ended] = EOS
        written.append(words)
        ended = ended | (words.squeeze(1) == EOS)
        if bool(ended.all()):
            break
    model.train(was_training)
    return torch.cat(written, dim=1)


def _choose(
    logits: Float[Tensor, "batch vocabulary"],
    temperature: float,
    generator: torch.Generator | None,
) -> Int64[Tensor, "batch 1"]:
    if temperature == 0:
        return logits.argmax(-1, keepdim=True)
    probabilities = torch.softmax(logits / temperature, dim=-1)
    return torch.multinomial(probabilities, 1, generator=generator)
