"""What a decoder makes of sentences, checked."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..bootstrap import bootstrap_interval
from ..estimate import Interval
from ..gaussians import numbers

__all__ = ["Losses"]

_GAPS = {
    "other": "gap_other",
    "same_length": "gap_same_length",
    "prior": "gap_prior",
    "masked": "gap_words",
    "unigram": "gap_unigram",
}


@dataclass(frozen=True, eq=False)
class Losses:
    """Reconstruction losses of the same sentences, in nats per sentence.

    Args:
        own: With z of their own q(z|x), shape ``(n,)``.
        other: With z of another sentence; ``None`` where not measured, as the next.
        same_length: With z of another sentence of the same length.
        prior: With z of the prior.
        masked: With z of their own and the previous words masked.
        unigram: By word frequencies alone; one number may stand for all sentences.

    Raises:
        ValueError: If they are not finite numbers, one a sentence.
    """

    own: Any
    other: Any = None
    same_length: Any = None
    prior: Any = None
    masked: Any = None
    unigram: Any = None

    def __post_init__(self) -> None:
        for entry in fields(self):
            values = getattr(self, entry.name)
            if values is not None:
                object.__setattr__(self, entry.name, self._checked(entry.name, values))

    def _checked(self, name: str, values: Any) -> NDArray[np.float64]:
        array, own = numbers(values), self.own
        called = "rec" if name == "own" else f"rec_{name}"
        if name == "unigram" and array.ndim == 0:
            array = np.full(own.shape, array)
        if array.ndim != 1 or len(array) == 0:
            raise ValueError(f"{called} has shape {array.shape}: give one number a sentence, (N,)")
        if name != "own" and array.shape != own.shape:
            shapes = f"{len(array)} numbers and rec {len(own)}"
            raise ValueError(f"{called} has {shapes}: give both for the same sentences")
        if not np.isfinite(array).all():
            raise ValueError(f"{called} holds numbers that are not finite")
        return array

    def figures(self, seed: int = 0) -> dict[str, Any]:
        """Give the mean loss and what each change costs, with its paired bootstrap interval.

        Args:
            seed: Source of the bootstrap.
        """
        found: dict[str, Any] = {"rec": float(self.own.mean())}
        for name, figure in _GAPS.items():
            other = getattr(self, name)
            if other is not None:
                costs = other - self.own
                found[figure] = Interval(float(costs.mean()), *bootstrap_interval(costs, seed=seed))
        return found
