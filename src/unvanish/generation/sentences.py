"""Sentences from the prior, and sentences through the latent variable and back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ..config import Decoding
from ..data import WHITESPACE, Corpus, Tokens, Vocabulary
from ..models import TextVAE, encode_corpus
from .given import given_sentences
from .prior_draws import draw_latents
from .writing import generate_tokens

__all__ = ["SentenceWriter"]


@dataclass(frozen=True, eq=False)
class SentenceWriter:
    """A model that writes text.

    Args:
        model: A trained model; its mode is restored afterwards.
        vocabulary: The words it was trained with; others are read as unknown.
        tokens: Cuts sentences and puts words together; a run has its own as ``run.tokens``.

    Example:
        >>> from unvanish.config import ModelConfig
        >>> words = Vocabulary(("a", "cat", "sat"))
        >>> model = TextVAE(ModelConfig(latent_size=4), vocabulary_size=len(words))
        >>> len(SentenceWriter(model, words).sample(3))
        3
    """

    model: TextVAE
    vocabulary: Vocabulary
    tokens: Tokens = WHITESPACE

    def write(
        self,
        z: Float[Tensor, "sentences latent"],
        decoding: Decoding = Decoding(),  # noqa: B008 - frozen
        *,
        generator: torch.Generator | None = None,
        batch_size: int = 128,
        progress: Callable[[int], None] | None = None,
    ) -> list[str]:
        """Write one sentence for each latent vector.

        Args:
            z: Latent vectors, on any device.
            decoding: How words are chosen.
            generator: Source of the draws; torch's own when absent.
            batch_size: Sentences written at once.
            progress: Called with the number of sentences written, after each batch.
        """
        written = generate_tokens(
            self.model,
            z.to(next(self.model.parameters()).device),
            decoding,
            generator=generator,
            batch_size=batch_size,
            progress=progress,
        )
        return [self.tokens.join(self.vocabulary.decode(row)) for row in written.tolist()]

    def sample(
        self,
        n: int,
        decoding: Decoding = Decoding("sampling"),  # noqa: B008 - frozen
        *,
        seed: int = 0,
        batch_size: int = 128,
        progress: Callable[[int], None] | None = None,
    ) -> list[str]:
        """Draw latent vectors from the prior and write a sentence for each.

        Args:
            n: Number of sentences.
            decoding: How words are chosen; where none are drawn, sentences differ only as far as z
                makes them differ.
            seed: Source of z and of the draws.
            batch_size: Sentences written at once.
            progress: Called with the number of sentences written, after each batch.

        Raises:
            UsageError: If ``n`` is below 1.
        """
        draws = torch.Generator().manual_seed(seed)
        z = draw_latents(self.model, n, generator=draws)
        return self.write(z, decoding, generator=draws, batch_size=batch_size, progress=progress)

    def reconstruct(
        self,
        sentences: Sequence[str] | Corpus,
        decoding: Decoding = Decoding(),  # noqa: B008 - frozen
        *,
        use_mean: bool = True,
        seed: int = 0,
        batch_size: int = 128,
        progress: Callable[[int], None] | None = None,
    ) -> list[str]:
        """Encode sentences and write each again from its latent vector alone.

        Args:
            sentences: Texts, or a corpus of that vocabulary.
            decoding: How words are chosen.
            use_mean: Take the mean of q(z|x) rather than a sample of it.
            seed: Source of the samples.
            batch_size: Sentences handled at once.
            progress: Called with the number of sentences written, after each batch.

        Raises:
            UsageError: If there are no sentences, or a sentence has no words.
        """
        if not isinstance(sentences, Corpus):
            sentences = given_sentences(sentences, self.vocabulary, self.tokens)
        draws = torch.Generator().manual_seed(seed)
        noise = torch.randn(len(sentences), self.model.config.latent_size, generator=draws)
        posteriors = encode_corpus(self.model, sentences, noise=noise, batch_size=batch_size)
        z = posteriors.mean if use_mean or posteriors.z is None else posteriors.z
        return self.write(z, decoding, generator=draws, batch_size=batch_size, progress=progress)
