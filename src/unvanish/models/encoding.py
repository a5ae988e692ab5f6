"""The posteriors of a whole corpus."""

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from ..data import Batch, Corpus
from ..data.by_sentence import by_sentence
from ..nn import Distribution, evaluating
from .text_vae import TextVAE

__all__ = ["Posteriors", "encode_corpus"]


@dataclass(frozen=True, eq=False)
class Posteriors:
    """q(z|x) of every sentence, in the order of the corpus and in main memory.

    Args:
        mean: Their means.
        logvar: Logarithms of their variances; ``None`` where they are no Gaussians.
        z: A draw of each; ``None`` where none was asked for.
    """

    mean: Float[Tensor, "sentences latent"]
    logvar: Float[Tensor, "sentences latent"] | None
    z: Float[Tensor, "sentences latent"] | None


def encode_corpus(
    model: TextVAE,
    corpus: Corpus,
    *,
    noise: Float[Tensor, "sentences latent"] | None = None,
    batch_size: int = 128,
    progress: Callable[[int], None] | None = None,
) -> Posteriors:
    """Encode every sentence once, without dropout.

    Args:
        model: The model; its mode is restored afterwards.
        corpus: The sentences.
        noise: Standard normal numbers, one row a sentence, to draw z with; absent, none is drawn.
        batch_size: Sentences in a forward pass.
        progress: Called with the number of sentences done, after each batch.

    Raises:
        UsageError: If ``batch_size`` is below 1.
        ValueError: If ``noise`` is not of shape ``(sentences, latent)``.
    """
    device = next(model.parameters()).device
    size = (len(corpus), model.config.latent_size)
    if noise is not None and noise.shape != size:
        raise ValueError(f"noise has shape {tuple(noise.shape)}: give {size}")

    def encoded(batch: Batch) -> dict[str, Tensor]:
        there = batch.to(device)
        drawn = None if noise is None else noise[batch.indices].to(device)
        with evaluating(model):
            return _figures(model.encode(there.tokens, there.lengths), drawn)

    kept = by_sentence(corpus, encoded, batch_size=batch_size, progress=progress)
    return Posteriors(kept["mean"], kept.get("logvar"), kept.get("z"))


def _figures(
    posterior: Distribution, noise: Float[Tensor, "batch latent"] | None
) -> dict[str, Tensor]:
    """Take what is kept of a batch."""
    figures = {"mean": posterior.mean}
    logvar = getattr(posterior, "logvar", None)
    if logvar is not None:
        figures["logvar"] = logvar
    if noise is not None:
        figures["z"] = posterior.rsample(noise)
    return figures
