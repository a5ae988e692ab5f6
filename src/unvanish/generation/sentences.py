"""Sentences from the prior, and sentences through the latent variable and back."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from ..config import Decoding
from ..data import WHITESPACE, Corpus, Tokens, Vocabulary
from ..models import TextVAE, encode_corpus
from .given import given_sentences
from .prior_draws import draw_latents
from .writing import generate_tokens

__all__ = ["reconstruct", "sample", "write"]


def sample(
    model: TextVAE,
    vocabulary: Vocabulary,
    n: int,
    *,
    tokens: Tokens = WHITESPACE,
    decoding: Decoding = Decoding("sampling"),  # noqa: B008 - frozen
    seed: int = 0,
    batch_size: int = 128,
    progress: Callable[[int], None] | None = None,
) -> list[str]:
    """Draw latent vectors from the prior and write a sentence for each.

    Args:
        model: A trained model.
        vocabulary: The words it was trained with.
        n: Number of sentences.
        tokens: Puts words together; a run has its own as ``run.tokens``.
        decoding: How words are chosen; where none are drawn, sentences differ only as far as z
            makes them differ.
        seed: Source of z and of the draws.
        batch_size: Sentences written at once.
        progress: Called with the number of sentences written, after each batch.

    Raises:
        UsageError: If ``n`` is below 1.
    """
    generator = torch.Generator().manual_seed(seed)
    z = draw_latents(model, n, generator=generator)
    return write(
        model,
        vocabulary,
        z,
        tokens=tokens,
        decoding=decoding,
        generator=generator,
        batch_size=batch_size,
        progress=progress,
    )


def reconstruct(
    model: TextVAE,
    vocabulary: Vocabulary,
    sentences: Sequence[str] | Corpus,
    *,
    tokens: Tokens = WHITESPACE,
    decoding: Decoding = Decoding(),  # noqa: B008 - frozen
    use_mean: bool = True,
    seed: int = 0,
    batch_size: int = 128,
    progress: Callable[[int], None] | None = None,
) -> list[str]:
    """Encode sentences and write each again from its latent vector alone.

    Args:
        model: A trained model.
        vocabulary: The words it was trained with; others are read as unknown.
        sentences: Texts, or a corpus of that vocabulary.
        tokens: Cuts them and puts words together; a run has its own as ``run.tokens``.
        decoding: How words are chosen.
        use_mean: Take the mean of q(z|x) rather than a sample of it.
        seed: Source of the samples.
        batch_size: Sentences handled at once.
        progress: Called with the number of sentences written, after each batch.

    Raises:
        UsageError: If there are no sentences, or a sentence has no words.
    """
    corpus = (
        sentences
        if isinstance(sentences, Corpus)
        else given_sentences(sentences, vocabulary, tokens)
    )
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(len(corpus), model.config.latent_size, generator=generator)
    posteriors = encode_corpus(model, corpus, noise=noise, batch_size=batch_size)
    z = posteriors.mean if use_mean or posteriors.z is None else posteriors.z
    return write(
        model,
        vocabulary,
        z,
        tokens=tokens,
        decoding=decoding,
        generator=generator,
        batch_size=batch_size,
        progress=progress,
    )


def write(
    model: TextVAE,
    vocabulary: Vocabulary,
    z: Float[Tensor, "sentences latent"],
    *,
    tokens: Tokens = WHITESPACE,
    decoding: Decoding = Decoding(),  # noqa: B008 - frozen
    generator: torch.Generator | None = None,
    batch_size: int = 128,
    progress: Callable[[int], None] | None = None,
) -> list[str]:
    """Write one sentence for each latent vector, as text.

    Args:
        model: A trained model.
        vocabulary: The words it was trained with.
        z: Latent vectors, on any device.
        tokens: Puts words together; a run has its own as ``run.tokens``.
        decoding: How words are chosen.
        generator: Source of the draws; torch's own when absent.
        batch_size: Sentences written at once.
        progress: Called with the number of sentences written, after each batch.
    """
    written = generate_tokens(
        model,
        z.to(next(model.parameters()).device),
        decoding,
        generator=generator,
        batch_size=batch_size,
        progress=progress,
    )
    return [tokens.join(vocabulary.decode(row)) for row in written.tolist()]
