"""A part of the loss."""

from abc import ABC, abstractmethod
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor, nn

from .forward_pass import ForwardPass

__all__ = ["Term"]


class Term(nn.Module, ABC):
    """A part of the loss, one number a sentence.

    It is a module so that it may own parameters (a bag-of-words head, a discriminator).

    Attributes:
        name: The name under which the part is logged.
    """

    name: ClassVar[str]

    @abstractmethod
    def forward(self, forward_pass: ForwardPass) -> Float[Tensor, " batch"]:
        """Give the part for each sentence in nats."""

    def charge(
        self, part: Float[Tensor, " batch"], forward_pass: ForwardPass, share: float = 1.0
    ) -> Float[Tensor, " batch"]:
        """Give what the part counts in the loss: all of it, unless a term says otherwise.

        Args:
            part: What :meth:`forward` gave, which is what is logged.
            forward_pass: What it was made of.
            share: The part of the optimizer step's sentences that it was made of.
        """
        return part
