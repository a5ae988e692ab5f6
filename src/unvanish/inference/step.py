"""What the training loop asks of an inference method."""

from contextlib import AbstractContextManager
from typing import Protocol

import torch

from ..data import Batch
from ..models import TextVAE
from ..objectives import Loss, Objective

__all__ = ["InferenceStep"]


class InferenceStep(Protocol):
    """Leaves the gradient of the objective on a batch in the parameters' ``grad``.

    The loop knows no method by name: it clears the gradients, calls :meth:`gradients`, clips,
    and lets the optimizer move.
    """

    def gradients(
        self,
        model: TextVAE,
        objective: Objective,
        batch: Batch,
        *,
        step: int,
        autocast: AbstractContextManager[None],
        generator: torch.Generator,
    ) -> Loss:
        """Compute the gradients for one batch and give the loss they are of.

        Args:
            model: The model, in training mode.
            objective: The terms and their weights.
            batch: Sentences.
            step: The optimizer step, counted from 0.
            autocast: A context for the forward pass, fresh for this call.
            generator: Source of the noise of z.
        """
        ...
