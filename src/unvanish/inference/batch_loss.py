"""The loss of a batch as a function of the q(z|x) of its sentences."""

from dataclasses import dataclass, field

from jaxtyping import Float
from torch import Tensor

from ..config import UsageError
from ..models import TextVAE
from ..nn import DiagonalGaussian
from ..nn.decoders import EmbeddingDecoder
from ..objectives import Loss, Objective
from .step import BatchPart
from .variational_steps import GaussianParameters

__all__ = ["BatchLoss"]


@dataclass(frozen=True, eq=False)
class BatchLoss:
    """The objective on a batch, whose previous words are embedded once.

    Args:
        model: The model.
        objective: The terms and their weights.
        part: The sentences, on the device of the model.

    Attributes:
        embedded: The previous words as they are read, dropout included.
        words: The same, cut off from how they were made: their gradient is one's own to hand on.
    """

    model: TextVAE
    objective: Objective
    part: BatchPart
    embedded: Float[Tensor, "batch predicted embedding"] = field(init=False)
    words: Float[Tensor, "batch predicted embedding"] = field(init=False)

    def __post_init__(self) -> None:
        decoder = self.model.decoder
        if not isinstance(decoder, EmbeddingDecoder):
            raise UsageError(
                f"a {type(decoder).__name__} cannot be used with semi-amortized inference, which "
                "embeds words once for many z: make it an EmbeddingDecoder, or set "
                "inference.kind=amortized"
            )
        embedded = decoder.embed(self.part.batch.inputs)
        object.__setattr__(self, "embedded", embedded)
        words = embedded.detach().requires_grad_(embedded.requires_grad)
        object.__setattr__(self, "words", words)

    def at(self, name: str, point: GaussianParameters) -> Loss:
        """Give the loss for a q(z|x) and one draw of it.

        Args:
            name: Of the noise; another name is another draw.
            point: The means and log variances.
        """
        part = self.part
        made = self.model.forward_from(
            DiagonalGaussian(*point),
            part.batch.tokens,
            part.batch.lengths,
            part.noise.normal(name, self.model.config.latent_size),
            words=self.words,
        )
        loss: Loss = self.objective(made, part.step, part.share)
        return loss

    def of_step(self, k: int, point: GaussianParameters) -> Float[Tensor, ""]:
        """Give what a variational step follows: the mean over all sentences of the batch's step."""
        return self.part.share * self.at(f"svi-{k}", point).total
