"""The q(z|x) that a run is measured with, where it is not the encoder's."""

from dataclasses import dataclass

from ..config import Config
from ..data import Batch
from ..models import TextVAE
from ..nn import Distribution, KeyedNoise
from .step import RefiningInference

__all__ = ["Refinement", "refinement_of"]

_NO_STEP = -1
"""What stands for the optimizer step in the noise of an evaluation."""


@dataclass(frozen=True)
class Refinement:
    """How an evaluation makes the encoder's q(z|x) better.

    The noise of a sentence depends on the seed and its place alone. Neighbours in the batch matter
    only where their common gradient is clipped.

    Args:
        inference: The method.
        batch_size: Sentences of a batch in training, and of one here.
    """

    inference: RefiningInference
    batch_size: int

    def __call__(
        self, model: TextVAE, batch: Batch, posterior: Distribution, *, seed: int
    ) -> Distribution:
        """Give a better q(z|x).

        Args:
            model: The model.
            batch: Sentences, on its device.
            posterior: What the encoder made of them.
            seed: Source of the noise.
        """
        noise = KeyedNoise.of(seed, _NO_STEP, batch.indices, batch.tokens.device)
        return self.inference.refine(
            model, batch, posterior, sentences=self.batch_size, noise=noise
        )


def refinement_of(config: Config) -> Refinement | None:
    """Give what a run is measured with beside its encoder; ``None`` if nothing.

    Args:
        config: Every setting of the run.

    Example:
        >>> from unvanish.config import override
        >>> refinement_of(Config()) is None
        True
        >>> refinement_of(override(Config(), {"inference.kind": "semi-amortized"})).batch_size
        32
    """
    inference = config.inference.build()
    if not isinstance(inference, RefiningInference):
        return None
    return Refinement(inference, config.training.batch_size)
