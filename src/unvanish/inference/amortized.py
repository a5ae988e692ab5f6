"""Amortized inference: the encoder's q(z|x) is used as it is.

Kingma and Welling, Auto-Encoding Variational Bayes, ICLR 2014, https://arxiv.org/abs/1312.6114.
"""

from contextlib import AbstractContextManager

from ..config import AmortizedConfig
from ..models import TextVAE
from ..nn import drawing_from
from ..objectives import Loss, Objective
from .step import BatchPart

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
        part: BatchPart,
        autocast: AbstractContextManager[None],
    ) -> Loss:
        """See :meth:`InferenceStep.gradients`."""
        batch, noise = part.batch, part.noise
        with autocast, drawing_from(model, noise):
            forward_pass = model(
                batch.tokens, batch.lengths, noise.normal("z", model.config.latent_size)
            )
        loss: Loss = objective(forward_pass, part.step, part.share)
        (part.share * loss.total).backward()  # type: ignore[no-untyped-call]
        return loss
