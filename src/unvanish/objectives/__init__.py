"""Terms of the loss, and their weighted sum."""

from .forward_pass import ForwardPass
from .objective import Loss, Objective, elbo_objective
from .rate import Rate
from .reconstruction import Reconstruction, token_losses
from .term import Term

__all__ = [
    "ForwardPass",
    "Loss",
    "Objective",
    "Rate",
    "Reconstruction",
    "Term",
    "elbo_objective",
    "token_losses",
]
