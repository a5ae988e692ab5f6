r"""What a dialog model makes of given responses, always at beta = 1.

Rec-P of the paper's table is the mean over batches of exp(sum of rec / sum of tokens), with one
sample of q(z|c,x): a perplexity of reconstruction, not of a language model. It depends on how
responses are put into batches; the same over all responses at once does not.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from ...data.dialogs import DialogBatches
from ...measures import active_units
from ...models import DialogCVAE
from ...nn import KeyedNoise, evaluating

__all__ = ["DialogEvaluation", "evaluate_dialogs"]


@dataclass(frozen=True)
class DialogEvaluation:
    """What a model makes of every response of a split.

    Args:
        rec: Reconstruction loss of each response, in nats.
        kl: KL(q(z|c,x) || p(z|c)) of each response, in nats.
        tokens: Target tokens of each response, end symbols included.
        batch: Number of the batch that each response was in.
        mean: Mean of q(z|c,x) of each response.
    """

    rec: Float[ndarray, " responses"]
    kl: Float[ndarray, " responses"]
    tokens: Int[ndarray, " responses"]
    batch: Int[ndarray, " responses"]
    mean: Float[ndarray, "responses latent"]

    def summary(self) -> dict[str, Any]:
        """Give the figures: means over responses in nats, and perplexities.

        ``rec_ppl`` is Rec-P as the paper's code computes it, ``rec_ppl_corpus`` the same over all
        responses at once, and ``ppl`` that of the bound, (rec + kl) over tokens.
        """
        rec, kl = float(self.rec.mean()), float(self.kl.mean())
        nats, tokens = (np.bincount(self.batch, weights=part) for part in (self.rec, self.tokens))
        total = float(self.tokens.sum())
        return {
            "rec": rec,
            "kl": kl,
            "elbo": -(rec + kl),
            "rec_ppl": float(_perplexity(nats / tokens).mean()),
            "rec_ppl_corpus": float(_perplexity(np.array(self.rec.sum() / total))),
            "ppl": float(_perplexity(np.array((self.rec.sum() + self.kl.sum()) / total))),
            "active_units": active_units(self.mean),
            "responses": len(self.rec),
            "tokens": int(total),
        }


def evaluate_dialogs(
    model: DialogCVAE,
    batches: DialogBatches,
    *,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> DialogEvaluation:
    """Encode and decode every response once, in 32 bits and without dropout.

    The noise of a response depends on ``seed`` and its place in the corpus alone.

    Args:
        model: The model; its mode is restored afterwards.
        batches: The responses of a split.
        seed: Source of the noise of z.
        progress: Called with the number of batches done, after each.
    """
    device = next(model.parameters()).device
    found: dict[str, list[ndarray]] = {name: [] for name in ("rec", "kl", "tokens", "mean")}
    sizes = []
    with evaluating(model):
        for number, batch in enumerate(batches.in_order()):
            noise = KeyedNoise.of(seed, 0, batch.indices, device)
            made = model(batch.to(device), noise.normal("z", model.config.latent_size))
            parts = {
                "rec": made.token_losses.sum(-1),
                "kl": made.posterior.kl(made.prior),
                "mean": made.posterior.mean,
            }
            for name, values in parts.items():
                found[name].append(values.double().cpu().numpy())
            found["tokens"].append((batch.lengths - 1).numpy())
            sizes.append(len(batch))
            if progress is not None:
                progress(number + 1)
    whole = {name: np.concatenate(values) for name, values in found.items()}
    return DialogEvaluation(batch=np.repeat(np.arange(len(sizes)), sizes), **whole)


def _perplexity(nats: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Give exp; what is too large for a number is infinite."""
    return np.where(nats < 700, np.exp(np.minimum(nats, 700)), math.inf)
