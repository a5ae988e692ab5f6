"""The most probable sentence, looked for with a beam."""

from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor
from torch.nn import functional as F

from ..config import Decoding
from ..data.vocabulary import BOS, EOS
from ..models import DialogCVAE, TextVAE
from ..nn import evaluating
from .choosing import writable

__all__ = ["Found", "beam_search", "length_penalty"]


@dataclass(frozen=True, eq=False)
class Found:
    """The best sentence of a search for each latent vector.

    Args:
        tokens: Words, then end symbols.
        log_prob: log p(x|z) in nats, the end symbol included.
        score: ``log_prob`` over the length penalty.
    """

    tokens: Int64[Tensor, "batch time"]
    log_prob: Float64[Tensor, " batch"]
    score: Float64[Tensor, " batch"]


@dataclass(frozen=True, eq=False)
class _Beam:
    """Sentences under way; a slot that is not in use has log-probability -inf.

    Args:
        words: What they have so far, the begin symbol first.
        log_prob: Their log-probabilities.
        slots: How many may be in use; every sentence that has ended takes one away.
        state: The decoder's state before the last word.
    """

    words: Int64[Tensor, "batch beam time"]
    log_prob: Float64[Tensor, "batch beam"]
    slots: Int64[Tensor, " batch"]
    state: Any


def length_penalty(length: int, alpha: float) -> float:
    r"""Give the penalty of Wu et al. (2016), :math:`((5 + length) / 6)^\alpha`.

    Args:
        length: Words, the end symbol included.
        alpha: 0 for none.

    References:
        Wu et al., Google's Neural Machine Translation System, 2016,
        https://arxiv.org/abs/1609.08144, equation 14.

    Example:
        >>> length_penalty(7, 1.0), length_penalty(7, 0.0)
        (2.0, 1.0)
    """
    return float(((5 + length) / 6) ** alpha)


def beam_search(
    model: TextVAE | DialogCVAE, z: Float[Tensor, "batch latent"], decoding: Decoding
) -> Found:
    """Look for the sentence of at most ``max_words`` words with the greatest score for each z.

    A sentence that ends leaves the beam, which goes on with one slot less, as in Bahdanau et al.
    (2015): a beam of 1 is greedy. The search for a sentence is over when no slot is left, or when
    no sentence under way can become better than the best that has ended. With as many slots as
    there are sentences it is exhaustive. Where no sentence can end at all, the most probable
    ``max_words`` words are given, with log-probability -inf.

    Args:
        model: The model; its mode is restored afterwards.
        z: Latent vectors.
        decoding: Its ``beam_size``, ``length_penalty`` and ``max_words`` count.

    References:
        Bahdanau et al., Neural Machine Translation by Jointly Learning to Align and Translate,
        ICLR 2015, https://arxiv.org/abs/1409.0473.
    """
    copies = z.repeat_interleave(decoding.beam_size, dim=0)
    with evaluating(model):
        beam = _start(model, copies, decoding.beam_size)
        found = _nothing(len(z), decoding.max_words, z.device)
        for _ in range(decoding.max_words):
            beam = _with_a_word_more(model, copies, beam)
            found = _improved(found, beam, decoding)
            beam = _still_of_use(beam, found, decoding)
            if bool(beam.log_prob.isneginf().all()):
                break
        else:
            closed = _closed(model, copies, beam)
            found = _improved(_cut_short(found, beam), closed, decoding)
    longest = int((found.tokens != EOS).sum(1).max()) if len(z) else 0
    return replace(found, tokens=found.tokens[:, : longest + 1])


def _start(model: TextVAE | DialogCVAE, copies: Float[Tensor, "rows latent"], size: int) -> _Beam:
    """Put the begin symbol into the first slot of every sentence."""
    words = torch.full((len(copies) // size, size, 1), BOS, device=copies.device)
    log_prob = torch.full(words.shape[:2], -torch.inf, dtype=torch.float64, device=copies.device)
    log_prob[:, 0] = 0
    slots = torch.full_like(words[:, 0, 0], size)
    return _Beam(words, log_prob, slots, model.decoder.initial_state(copies))


def _nothing(batch: int, max_words: int, device: torch.device) -> Found:
    """Begin a search with empty sentences of log-probability -inf."""
    tokens = torch.full((batch, max_words + 1), EOS, device=device)
    log_prob = torch.full((batch,), -torch.inf, dtype=torch.float64, device=device)
    return Found(tokens, log_prob, log_prob)


def _read(
    model: TextVAE | DialogCVAE, copies: Float[Tensor, "rows latent"], beam: _Beam
) -> tuple[Float[Tensor, "batch beam vocabulary"], Float[Tensor, "batch beam 1"], Any]:
    """Give logits of the next word, what makes log-probabilities of them, and the state."""
    last = beam.words[:, :, -1].reshape(-1, 1)
    features, state = model.decoder.advance(copies, last, beam.state)
    logits = model.decoder.output(features[:, -1])
    wide = logits.to(torch.promote_types(logits.dtype, torch.float32))
    wide = wide.view(*beam.log_prob.shape, -1)
    return wide, wide.logsumexp(-1, keepdim=True), state


def _with_a_word_more(
    model: TextVAE | DialogCVAE, copies: Float[Tensor, "rows latent"], beam: _Beam
) -> _Beam:
    """Keep the most probable sentences with one word more, as many as there are slots."""
    batch, size = beam.log_prob.shape
    logits, normalizer, state = _read(model, copies, beam)
    # no more than a whole beam can come from one sentence
    best, words = writable(logits).topk(min(size, logits.shape[-1]))
    totals = beam.log_prob.unsqueeze(-1) + (best - normalizer)
    log_prob, places = totals.flatten(1).topk(size)
    first = size * torch.arange(batch, device=places.device).unsqueeze(1)
    rows = first + places // words.shape[-1]
    words = words.flatten(1).gather(1, places).unsqueeze(-1)
    used = torch.arange(size, device=places.device) < beam.slots.unsqueeze(1)
    return _Beam(
        words=torch.cat([beam.words.flatten(0, 1)[rows], words], dim=-1),
        log_prob=log_prob.masked_fill(~used, -torch.inf),
        slots=beam.slots,
        state=model.decoder.select(state, rows.flatten()),
    )


def _closed(
    model: TextVAE | DialogCVAE, copies: Float[Tensor, "rows latent"], beam: _Beam
) -> _Beam:
    """Set the end symbol after every sentence."""
    logits, normalizer, _ = _read(model, copies, beam)
    log_prob = beam.log_prob + (logits[:, :, EOS] - normalizer.squeeze(-1))
    return replace(beam, words=F.pad(beam.words, (0, 1), value=EOS), log_prob=log_prob)


def _improved(found: Found, beam: _Beam, decoding: Decoding) -> Found:
    """Take sentences that have ended where they are better than what was found before."""
    length = beam.words.shape[-1] - 1
    ended = beam.log_prob.masked_fill(beam.words[:, :, -1] != EOS, -torch.inf)
    log_prob, slot = ended.max(1)
    score = log_prob / length_penalty(length, decoding.length_penalty)
    better = score > found.score
    return Found(
        tokens=torch.where(better.unsqueeze(1), _tokens(beam, slot, found), found.tokens),
        log_prob=torch.where(better, log_prob, found.log_prob),
        score=torch.where(better, score, found.score),
    )


def _still_of_use(beam: _Beam, found: Found, decoding: Decoding) -> _Beam:
    """Give up slots whose sentences have ended or can no longer be the best.

    Log-probabilities only fall and the penalty only rises, so a sentence under way ends with at
    most its present log-probability over the penalty of the greatest length.
    """
    ended = (beam.words[:, :, -1] == EOS) & (beam.log_prob > -torch.inf)
    attainable = beam.log_prob / length_penalty(decoding.max_words + 1, decoding.length_penalty)
    over = ended | (attainable <= found.score.unsqueeze(1))
    return replace(
        beam,
        log_prob=beam.log_prob.masked_fill(over, -torch.inf),
        slots=beam.slots - ended.sum(1),
    )


def _cut_short(found: Found, beam: _Beam) -> Found:
    """Where nothing has ended take the words of the most probable sentence under way."""
    nothing = found.log_prob.isneginf().unsqueeze(1)
    words = _tokens(beam, beam.log_prob.argmax(1), found)
    return replace(found, tokens=torch.where(nothing, words, found.tokens))


def _tokens(
    beam: _Beam, slot: Int64[Tensor, " batch"], found: Found
) -> Int64[Tensor, "batch longest"]:
    """Give the words of one slot of each sentence, filled with end symbols."""
    words = beam.words[torch.arange(len(slot), device=slot.device), slot, 1:]
    return F.pad(words, (0, found.tokens.shape[1] - words.shape[1]), value=EOS)
