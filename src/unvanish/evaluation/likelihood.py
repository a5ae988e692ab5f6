r"""The evidence lower bound of a split, at beta = 1.

-elbo = rec + kl in nats per sentence, with one sample of z for each sentence unless more are
asked for; ppl = exp((rec + kl) * sentences / tokens), where the end symbol counts as a token and
the begin symbol does not: the quantities of the tables of Fu et al. (2019). Where a run refines
the q(z|x) of its encoder, as semi-amortized inference does, they are those of the refined one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from ..config.errors import require
from ..data import Batch, Corpus
from ..data.by_sentence import by_sentence
from ..inference import Refinement
from ..measures import (
    MutualInformation,
    active_units,
    are_measurable,
    mutual_information,
    spread_rows,
)
from ..models import TextVAE
from ..nn import Distribution, FactorizedDistribution, evaluating
from ..schedules.validation import is_whole
from .noise import sentence_noise

__all__ = ["Evaluation", "evaluate"]


@dataclass(frozen=True)
class Evaluation:
    """What a model makes of every sentence of a split, in the order of the corpus.

    Args:
        rec: Reconstruction loss of each sentence, in nats; the mean over its draws of z.
        kl: KL of each sentence, in nats.
        kl_per_dimension: The same by latent dimension; ``None`` where q(z|x) does not factorise.
        mean: Mean of q(z|x) of each sentence.
        n_tokens: Target tokens of the split, end symbols included.
        logvar: Logarithms of the variances of q(z|x); ``None`` where it is no Gaussian.
        amortized_rec: ``rec`` with the encoder's q(z|x) as it is, where all else is of a refined
            one; ``None`` where nothing is refined.
        amortized_kl: ``kl`` of the encoder's q(z|x), likewise.
    """

    rec: Float[ndarray, " sentences"]
    kl: Float[ndarray, " sentences"]
    kl_per_dimension: Float[ndarray, "sentences latent"] | None
    mean: Float[ndarray, "sentences latent"]
    n_tokens: int
    logvar: Float[ndarray, "sentences latent"] | None = None
    amortized_rec: Float[ndarray, " sentences"] | None = None
    amortized_kl: Float[ndarray, " sentences"] | None = None

    @property
    def elbo(self) -> Float[ndarray, " sentences"]:
        """The bound of each sentence in nats, -(rec + kl)."""
        elbo: ndarray = -(self.rec + self.kl)
        return elbo

    def information(self, sentences: int = 500) -> MutualInformation | None:
        """Bound what z tells about a sentence; ``None`` where q(z|x) is not to be measured.

        Args:
            sentences: How many are compared at most, evenly spread.
        """
        if self.logvar is None or not are_measurable(self.mean, self.logvar):
            return None
        rows = spread_rows(len(self.mean), sentences)
        return mutual_information(self.mean[rows], self.logvar[rows], samples=2)

    def in_other_units(self, n_characters: int | None = None) -> dict[str, float | None]:
        """Give the bound's error over sentences in nats, and the bound by token and by character.

        Args:
            n_characters: Characters of all sentences, see :func:`sentence_characters`; without
                them there are no bits per character.
        """
        nats, n = float(-self.elbo.sum()), len(self.elbo)
        return {
            "elbo_standard_error": float(self.elbo.std(ddof=1)) / math.sqrt(n) if n > 1 else None,
            "nats_per_token": nats / self.n_tokens,
            "bits_per_character": nats / math.log(2) / n_characters if n_characters else None,
        }

    def summary(self) -> dict[str, Any]:
        """Give the figures of a table: means over sentences in nats, ppl, active units.

        ``elbo`` has the sign of a bound: it is -(rec + kl). ``amortized_rec`` and ``amortized_kl``
        are there where q(z|x) was refined.
        """
        rec, kl = float(self.rec.mean()), float(self.kl.mean())
        nats_per_token = (rec + kl) * len(self.rec) / self.n_tokens
        figures: dict[str, Any] = {
            "rec": rec,
            "kl": kl,
            "elbo": -(rec + kl),
            "ppl": math.exp(nats_per_token) if nats_per_token < 700 else math.inf,
            "active_units": active_units(self.mean),
        }
        if self.kl_per_dimension is not None:
            figures["kl_per_dimension"] = [float(x) for x in self.kl_per_dimension.mean(0)]
        if self.amortized_rec is not None and self.amortized_kl is not None:
            figures["amortized_rec"] = float(self.amortized_rec.mean())
            figures["amortized_kl"] = float(self.amortized_kl.mean())
        return figures


def evaluate(
    model: TextVAE,
    corpus: Corpus,
    *,
    batch_size: int = 128,
    seed: int = 0,
    draws: int = 1,
    refinement: Refinement | None = None,
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Encode every sentence, and decode it from each draw of z, in 32 bits and without dropout.

    The noise of a sentence depends on ``seed`` and its place in the corpus alone, so the figures
    do not change with ``batch_size`` beyond rounding, and two models evaluated with one seed can
    be compared sentence by sentence. The same noise makes z of a refined q(z|x) and of the
    encoder's.

    Args:
        model: The model; its mode is restored afterwards.
        corpus: The sentences.
        batch_size: Sentences in a forward pass.
        seed: Source of the noise of z.
        draws: Draws of z for each sentence, over which ``rec`` is the mean; the first is the same
            however many there are.
        refinement: Makes the encoder's q(z|x) better, in batches of its own size
            (:func:`unvanish.inference.refinement_of`); ``None`` takes it as it is.
        progress: Called with the number of sentences done, after each batch.

    Raises:
        UsageError: If ``draws`` or ``batch_size`` is below 1.
    """
    require(is_whole(draws) and draws >= 1, "draws", draws, "give a whole number from 1")
    device, size = next(model.parameters()).device, (len(corpus), model.config.latent_size)
    noise = torch.from_numpy(np.random.default_rng(seed).standard_normal(size, dtype=np.float32))

    def measured(batch: Batch) -> dict[str, Tensor]:
        drawn = _and_more(noise[batch.indices], batch, seed, draws)
        found = _measured(model, batch.to(device), drawn.to(device), refinement, seed)
        return {name: values.double() for name, values in found.items()}

    batch_size = batch_size if refinement is None else refinement.batch_size
    with evaluating(model, differentiable=refinement is not None):
        found = by_sentence(corpus, measured, batch_size=batch_size, progress=progress)
    arrays = {name: values.numpy() for name, values in found.items()}
    return Evaluation(
        rec=arrays.pop("rec"),
        kl=arrays.pop("kl"),
        kl_per_dimension=arrays.pop("kl_per_dimension", None),
        mean=arrays.pop("mean"),
        n_tokens=corpus.n_tokens,
        **arrays,
    )


def _and_more(
    first: Float[Tensor, "batch latent"], batch: Batch, seed: int, draws: int
) -> Float[Tensor, "draws batch latent"]:
    """Draw the noise after the first of each sentence."""
    if draws == 1:
        return first[None]
    places, size = batch.indices.numpy(), first.shape[1]
    more = sentence_noise(places, seed=seed, draws=draws - 1, size=size)
    return torch.cat([first[None], more.transpose(0, 1)])


def _measured(
    model: TextVAE,
    batch: Batch,
    noise: Float[Tensor, "draws batch latent"],
    refinement: Refinement | None,
    seed: int,
) -> dict[str, Tensor]:
    """Measure a batch with the encoder's q(z|x), and with a better one if there is a way to it."""
    posterior = model.encode(batch.tokens, batch.lengths)
    figures = _figures(model, batch, posterior, noise)
    if refinement is None:
        return figures
    refined = _figures(model, batch, refinement(model, batch, posterior, seed=seed), noise)
    return {**refined, "amortized_rec": figures["rec"], "amortized_kl": figures["kl"]}


def _figures(
    model: TextVAE,
    batch: Batch,
    posterior: Distribution,
    noise: Float[Tensor, "draws batch latent"],
) -> dict[str, Tensor]:
    """Decode a batch from every draw, and take what is kept of it, sentences first."""
    made = (model.forward_from(posterior, batch.tokens, batch.lengths, one) for one in noise)
    rec = torch.stack([each.token_losses.sum(-1).double() for each in made]).mean(0)
    prior = model.prior()
    figures = {"rec": rec, "kl": posterior.kl(prior), "mean": posterior.mean}
    logvar = getattr(posterior, "logvar", None)
    if logvar is not None:
        figures["logvar"] = logvar
    if isinstance(posterior, FactorizedDistribution):
        figures["kl_per_dimension"] = posterior.kl_per_dimension(prior)
    return figures
