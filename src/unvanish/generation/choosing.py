"""The next word out of logits."""

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from ..config import Decoding
from ..data.vocabulary import BOS, PAD

__all__ = ["draw_words", "most_probable_words", "word_probabilities", "writable"]


def most_probable_words(logits: Float[Tensor, "batch vocabulary"]) -> Int64[Tensor, " batch"]:
    """Take the best word for each sentence, the first of equal ones.

    Args:
        logits: What the output layer says of every word.
    """
    return writable(logits).argmax(-1)


def draw_words(
    logits: Float[Tensor, "batch vocabulary"],
    decoding: Decoding,
    noise: Float64[Tensor, " batch"],
) -> Int64[Tensor, " batch"]:
    """Draw a word for each sentence: the first at which the distribution function exceeds noise.

    The word of a sentence depends on its own logits and number alone.

    Args:
        logits: What the output layer says of every word.
        decoding: Sampling, with a temperature above 0.
        noise: Uniform numbers from 0 to below 1.
    """
    probabilities = word_probabilities(logits, decoding)
    reached = probabilities.cumsum(-1)
    beyond = reached > noise.unsqueeze(1) * reached[:, -1:]
    # a parallel sum may rise a little where the probability is 0
    candidates = beyond & (probabilities > 0)
    first = candidates.to(torch.uint8).argmax(-1)
    return torch.where(candidates.any(-1), first, probabilities.argmax(-1))


def word_probabilities(
    logits: Float[Tensor, "batch vocabulary"], decoding: Decoding
) -> Float64[Tensor, "batch vocabulary"]:
    """Give the probabilities words are drawn with.

    Padding and the begin symbol have none; then temperature, ``top_k`` and ``top_p`` act in this
    order, and what is left is normalised.

    Args:
        logits: What the output layer says of every word.
        decoding: Sampling, with a temperature above 0.

    Example:
        >>> logits = torch.tensor([[9.0, 1.0, 9.0, 0.0, 1.0, -1.0]])
        >>> word_probabilities(logits, Decoding("sampling", top_k=2)).tolist()
        [[0.0, 0.5, 0.0, 0.0, 0.5, 0.0]]
    """
    allowed = writable(logits).double()
    # the best logit becomes 0, so that dividing by a tiny temperature cannot overflow it
    scaled = (allowed - allowed.amax(-1, keepdim=True)) / decoding.temperature
    if decoding.top_k is not None:
        scaled = _most_probable(scaled, decoding.top_k)
    if decoding.top_p is not None:
        scaled = _nucleus(scaled, decoding.top_p)
    return torch.softmax(scaled, dim=-1)


def writable(logits: Float[Tensor, "*batch vocabulary"]) -> Float[Tensor, "*batch vocabulary"]:
    """Rule out what is never written: padding and the begin symbol."""
    never = torch.tensor([PAD, BOS], device=logits.device)
    return logits.index_fill(-1, never, -torch.inf)


def _most_probable(
    logits: Float64[Tensor, "batch vocabulary"], k: int
) -> Float64[Tensor, "batch vocabulary"]:
    """Rule out all words but k; of equal ones the first are kept."""
    least = logits.topk(min(k, logits.shape[-1])).values[:, -1:]
    above, equal = logits > least, logits == least
    room = k - above.sum(-1, keepdim=True)
    return logits.masked_fill(~(above | (equal & (equal.cumsum(-1) <= room))), -torch.inf)


def _nucleus(
    logits: Float64[Tensor, "batch vocabulary"], share: float
) -> Float64[Tensor, "batch vocabulary"]:
    """Rule out all words but the smallest set with this share; of equal ones the first are kept."""
    ordered, words = torch.sort(logits, dim=-1, descending=True, stable=True)
    probabilities = torch.softmax(ordered, dim=-1)
    before = probabilities.cumsum(-1) - probabilities
    cut = ordered.masked_fill(before >= share, -torch.inf)
    return torch.empty_like(logits).scatter_(-1, words, cut)
