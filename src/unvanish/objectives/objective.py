"""Terms and their weights put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..schedules import Schedule
from .forward_pass import ForwardPass
from .free_bits import FreeBitsForm
from .rate import Rate
from .reconstruction import Reconstruction
from .term import Term

__all__ = ["Loss", "Objective", "elbo_objective"]


@dataclass(frozen=True)
class Loss:
    """The value of an objective on a batch.

    Args:
        total: What is minimised: the mean over sentences of the weighted sum of the parts.
        parts: Every part by name, unweighted, one number a sentence in nats.
        weights: The weight that each part had.
    """

    total: Float[Tensor, ""]
    parts: dict[str, Float[Tensor, " batch"]]
    weights: dict[str, float]


class Objective(nn.Module):
    r"""A list of terms, each with a weight that is a number or a schedule.

    .. math:: L = \frac1B \sum_{b=1}^B \sum_i w_i(\text{step}) \, L_{i,b}

    where L is what a part counts: all of it, or what free bits leave of it.
    Sums over tokens and latent dimensions happen inside the terms, the mean over sentences here:
    with weight 1 for both, rec + kl is exactly the negative ELBO.

    Args:
        terms: Pairs of a term and its weight.

    Raises:
        ValueError: If two terms have the same name.
    """

    def __init__(self, terms: Sequence[tuple[Term, float | Schedule]]) -> None:
        super().__init__()
        names = [term.name for term, _ in terms]
        if len(set(names)) < len(names):
            raise ValueError(f"terms need different names: {names}")
        self.terms = nn.ModuleList(term for term, _ in terms)
        self._weights = {term.name: weight for term, weight in terms}

    def weights(self, step: int) -> dict[str, float]:
        """Give every term's weight at an optimizer step, counted from 0."""
        return {
            name: weight(step) if isinstance(weight, Schedule) else float(weight)
            for name, weight in self._weights.items()
        }

    def forward(self, forward_pass: ForwardPass, step: int, share: float = 1.0) -> Loss:
        """Weigh and add the terms.

        Args:
            forward_pass: What the model made of a batch.
            step: The optimizer step, counted from 0.
            share: The part of the step's sentences that are in the batch.
        """
        weights = self.weights(step)
        parts: dict[str, Tensor] = {}
        charges: dict[str, Tensor] = {}
        for term in self.terms:
            assert isinstance(term, Term)
            parts[term.name] = term(forward_pass)
            charges[term.name] = term.charge(parts[term.name], forward_pass, share)
        weighted = torch.stack([weights[name] * charge for name, charge in charges.items()])
        return Loss(total=weighted.sum(0).mean(), parts=parts, weights=weights)


def elbo_objective(
    beta: float | Schedule = 1.0,
    *,
    free: float = 0.0,
    form: FreeBitsForm = "dimension-batch",
    all_reduce: Callable[[Tensor], Tensor] | None = None,
) -> Objective:
    """Make rec + beta * kl, of which some may be free.

    Args:
        beta: The weight of the rate; 1 is the negative ELBO.
        free: Nats of the rate that cost nothing (:func:`unvanish.objectives.free_bits`).
        form: What they are counted for.
        all_reduce: Adds a tensor up over the processes that share a batch, if there are several.
    """
    return Objective([(Reconstruction(), 1.0), (Rate(free, form, all_reduce), beta)])
