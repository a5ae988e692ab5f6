"""What the training loop and an evaluation ask of an inference method."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ..data import Batch
from ..models import TextVAE
from ..nn import Distribution, KeyedNoise
from ..objectives import Loss, Objective

__all__ = ["BatchPart", "InferenceStep", "RefiningInference"]


@dataclass(frozen=True, eq=False)
class BatchPart:
    """Sentences of an optimizer step: all of them, or some.

    Args:
        batch: The sentences.
        step: The optimizer step, counted from 0.
        noise: Their random numbers at this step, for z and for dropout.
        share: How many of the step's sentences they are, as a share: the gradient of their mean
            loss counts that much, beside those of the step's other parts.
    """

    batch: Batch
    step: int
    noise: KeyedNoise
    share: float = 1.0


class InferenceStep(Protocol):
    """Adds the gradient of the objective on a batch to the parameters' ``grad``.

    The loop knows no method by name: it clears the gradients, calls :meth:`gradients` for every
    part of a batch, clips, and lets the optimizer move.
    """

    def gradients(
        self,
        model: TextVAE,
        objective: Objective,
        part: BatchPart,
        autocast: AbstractContextManager[None],
    ) -> Loss:
        """Compute the gradients for a part of a batch and give the loss they are of.

        Args:
            model: The model, in training mode.
            objective: The terms and their weights.
            part: The sentences.
            autocast: A context for the forward pass, fresh for this call.
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
