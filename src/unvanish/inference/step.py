"""What the training loop and an evaluation ask of an inference method."""

from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from ..data import Batch
from ..models import TextVAE
from ..nn import Distribution, KeyedNoise
from ..objectives import Loss, Objective

__all__ = ["InferenceStep", "RefiningInference"]


class InferenceStep(Protocol):
    """Adds the gradient of the objective on a batch to the parameters' ``grad``.

    The loop knows no method by name: it clears the gradients, calls :meth:`gradients` for every
    part of a batch, clips, and lets the optimizer move.
    """

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
        """Compute the gradients for one batch and give the loss they are of.

        Args:
            model: The model, in training mode.
            objective: The terms and their weights.
            batch: Sentences.
            step: The optimizer step, counted from 0.
            share: The part of the step's sentences that are in this batch: the gradient of its
                mean loss counts that much, beside those of the step's other batches.
            autocast: A context for the forward pass, fresh for this call.
            noise: The batch's random numbers at this step, for z and for dropout.
        """
        ...


@runtime_checkable
class RefiningInference(Protocol):
    """An inference method whose q(z|x) is another than the encoder's."""

    def refine(
        self,
        model: TextVAE,
        batch: Batch,
        posterior: Distribution,
        *,
        sentences: int,
        noise: KeyedNoise,
    ) -> Distribution:
        """Make the encoder's q(z|x) better, at beta = 1.

        Args:
            model: The model.
            batch: Sentences, on its device.
            posterior: What the encoder made of them.
            sentences: How many a batch has in training.
            noise: The batch's random numbers.
        """
        ...
