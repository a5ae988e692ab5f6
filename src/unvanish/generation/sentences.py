"""Sentences from the prior, and sentences through the latent variable and back."""

from collections.abc import Sequence

import torch
from jaxtyping import Int64
from torch import Tensor

from ..config import UsageError
from ..data import WHITESPACE, Corpus, Sentence, Tokens, Vocabulary
from ..data.corpus import cut
from ..models import TextVAE, encode_corpus
from .decoding import Decoding
from .prior_draws import draw_latents
from .writing import generate_tokens

__all__ = ["reconstruct", "sample"]


def sample(
    model: TextVAE,
    vocabulary: Vocabulary,
    n: int,
    *,
    tokens: Tokens = WHITESPACE,
    temperature: float = 1.0,
    max_words: int = 100,
    seed: int = 0,
    batch_size: int = 128,
) -> list[str]:
    """Draw latent vectors from the prior and write a sentence for each.

    Args:
        model: A trained model.
        vocabulary: The words it was trained with.
        n: Number of sentences.
        tokens: Puts words together; a run has its own as ``run.tokens``.
        temperature: 0 is greedy: then sentences differ only as far as z makes them differ.
        max_words: Words a sentence may have.
        seed: Source of z and of the draws.
        batch_size: Sentences written at once.

    Raises:
        UsageError: If ``n`` is below 1.
    """
    generator = torch.Generator().manual_seed(seed)
    z = draw_latents(model, n, generator=generator)
    decoding = Decoding("sampling", temperature=temperature, max_words=max_words)
    written = generate_tokens(model, z, decoding, generator=generator, batch_size=batch_size)
    return texts(written, vocabulary, tokens)


def reconstruct(
    model: TextVAE,
    vocabulary: Vocabulary,
    sentences: Sequence[str],
    *,
    tokens: Tokens = WHITESPACE,
    temperature: float = 0.0,
    use_mean: bool = True,
    max_words: int = 100,
    seed: int = 0,
    batch_size: int = 128,
) -> list[str]:
    """Encode sentences and write each again from its latent vector alone.

    Args:
        model: A trained model.
        vocabulary: The words it was trained with; others are read as unknown.
        sentences: Texts.
        tokens: Cuts them and puts words together; a run has its own as ``run.tokens``.
        temperature: 0 is greedy.
        use_mean: Take the mean of q(z|x) rather than a sample of it.
        max_words: Words a sentence may have.
        seed: Source of the samples.
        batch_size: Sentences handled at once.

    Raises:
        UsageError: If there are no sentences, or a sentence has no words.
    """
    empty = [place for place, text in enumerate(sentences, 1) if not cut(text, tokens)]
    if empty or not sentences:
        where = f"sentence {empty[0]} has no words" if empty else "there are no sentences"
        raise UsageError(f"cannot reconstruct: {where}; give one sentence a line")
    corpus = Corpus.from_sentences(
        [Sentence(text, None) for text in sentences],
        vocabulary,
        tokens=tokens,
        max_words=None,
    )
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(len(corpus), model.config.latent_size, generator=generator)
    posteriors = encode_corpus(model, corpus, noise=noise, batch_size=batch_size)
    z = posteriors.mean if use_mean or posteriors.z is None else posteriors.z
    z = z.to(next(model.parameters()).device)
    decoding = Decoding("sampling", temperature=temperature, max_words=max_words)
    written = generate_tokens(model, z, decoding, generator=generator, batch_size=batch_size)
    return texts(written, vocabulary, tokens)


def texts(
    written: Int64[Tensor, "batch time"], vocabulary: Vocabulary, tokens: Tokens
) -> list[str]:
    """Turn written ids into text."""
    return [tokens.join(vocabulary.decode(row)) for row in written.tolist()]
