r"""The evidence lower bound of a split, at beta = 1.

-elbo = rec + kl in nats per sentence, with one sample of z for each sentence;
ppl = exp((rec + kl) * sentences / tokens), where the end symbol counts as a token and the begin
symbol does not: the quantities of the tables of Fu et al. (2019).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray

from ..data import Corpus, LengthBucketedBatches
from ..measures import active_units
from ..models import TextVAE

__all__ = ["Evaluation", "evaluate"]


@dataclass(frozen=True)
class Evaluation:
    """What a model makes of every sentence of a split, in the order of the corpus.

    Args:
        rec: Reconstruction loss of each sentence, in nats.
        kl_per_dimension: KL of each sentence and latent dimension, in nats.
        mean: Mean of q(z|x) of each sentence.
        logvar: Logarithm of its variances.
        n_tokens: Target tokens of the split, end symbols included.
    """

    rec: Float[ndarray, " sentences"]
    kl_per_dimension: Float[ndarray, "sentences latent"]
    mean: Float[ndarray, "sentences latent"]
    logvar: Float[ndarray, "sentences latent"]
    n_tokens: int

    @property
    def kl(self) -> Float[ndarray, " sentences"]:
        """KL of each sentence in nats."""
        total: ndarray = self.kl_per_dimension.sum(1)
        return total

    def summary(self) -> dict[str, float | int | list[float]]:
        """Give the figures of a table: means over sentences in nats, ppl, active units.

        ``elbo`` has the sign of a bound: it is -(rec + kl).
        """
        rec, kl = float(self.rec.mean()), float(self.kl.mean())
        return {
            "rec": rec,
            "kl": kl,
            "elbo": -(rec + kl),
            "ppl": math.exp((rec + kl) * len(self.rec) / self.n_tokens),
            "active_units": active_units(self.mean),
            "kl_per_dimension": [float(value) for value in self.kl_per_dimension.mean(0)],
        }


@torch.inference_mode()
def evaluate(
    model: TextVAE,
    corpus: Corpus,
    *,
    batch_size: int = 128,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Encode and decode every sentence once, in 32 bits and without dropout.

    The noise of a sentence depends on ``seed`` and its place in the corpus alone, so the figures
    do not change with ``batch_size`` beyond rounding, and two models evaluated with one seed can
    be compared sentence by sentence.

    Args:
        model: The model; its mode is restored afterwards.
        corpus: The sentences.
        batch_size: Sentences in a forward pass.
        seed: Source of the noise of z.
        progress: Called with the number of sentences done, after each batch.
    """
    device = next(model.parameters()).device
    latent = model.config.latent_size
    noise = torch.from_numpy(
        np.random.default_rng(seed).standard_normal((len(corpus), latent), dtype=np.float32)
    )
    rec = np.empty(len(corpus))
    arrays = {name: np.empty((len(corpus), latent)) for name in ("kl", "mean", "logvar")}
    was_training = model.training
    model.eval()
    done = 0
    for batch in LengthBucketedBatches(corpus, batch_size=batch_size).in_order():
        where = batch.indices.numpy()
        there = batch.to(device)
        forward_pass = model(there.tokens, there.lengths, noise[batch.indices].to(device))
        posterior, prior = forward_pass.posterior, forward_pass.prior
        rec[where] = forward_pass.token_losses.sum(-1).cpu().numpy()
        arrays["kl"][where] = posterior.kl_per_dimension(prior).cpu().numpy()
        arrays["mean"][where] = posterior.mean.cpu().numpy()
        arrays["logvar"][where] = posterior.logvar.cpu().numpy()
        done += len(where)
        if progress is not None:
            progress(done)
    model.train(was_training)
    return Evaluation(
        rec=rec,
        kl_per_dimension=arrays["kl"],
        mean=arrays["mean"],
        logvar=arrays["logvar"],
        n_tokens=corpus.n_tokens,
    )
