"""Terms of the loss, and their weighted sum."""

from ..extras import require_extra

require_extra(__name__, "torch", "torch", "jaxtyping")

from .bag_of_words import BagOfWords
from .elbo import elbo, kl_gaussian
from .forward_pass import ConditionalForwardPass, ForwardPass
from .free_bits import FreeBitsForm, free_bits
from .mmd import mmd
from .objective import Loss, Objective, elbo_objective
from .rate import Rate
from .reconstruction import Reconstruction, token_losses
from .term import Term

__all__ = [
    "BagOfWords",
    "ConditionalForwardPass",
    "ForwardPass",
    "FreeBitsForm",
    "Loss",
    "Objective",
    "Rate",
    "Reconstruction",
    "Term",
    "elbo",
    "elbo_objective",
    "free_bits",
    "kl_gaussian",
    "mmd",
    "token_losses",
]
