"""Amortized inference: the encoder's q(z|x) is used as it is.

Kingma and Welling, Auto-Encoding Variational Bayes, ICLR 2014, https://arxiv.org/abs/1312.6114.
"""

from contextlib import AbstractContextManager

from ..config import AmortizedConfig
from ..data import Batch
from ..models import TextVAE
from ..nn import KeyedNoise, drawing_from
from ..objectives import Loss, Objective

__all__ = ["AmortizedInference"]


class AmortizedInference:
    """One sample of q(z|x) for each sentence, gradients through it by reparameterization.

    Args:
        config: Its settings: there are none.
    """

    def __init__(self, config: AmortizedConfig = AmortizedConfig()) -> None:  # noqa: B008 - frozen
        self.config = config

    def gradients(
        self,
        model: TextVAE,
        objective: Objective,
        batch: Batch,
        *,
        step: int,
        share: float = 1.0,
        autocast: AbstractContextManager[None],
        noise: KeyedNoise,
    ) -> Loss:
        """See :meth:`InferenceStep.gradients`."""
        with autocast, drawing_from(model, noise):
            forward_pass = model(
                batch.tokens, batch.lengths, noise.normal("z", model.config.latent_size)
            )
        loss: Loss = objective(forward_pass, step, share)
        (share * loss.total).backward()  # type: ignore[no-untyped-call]
        return loss
