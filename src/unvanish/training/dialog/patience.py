"""Ending a run that gains too little, with a patience that grows with what is gained."""

import math
from typing import Any

__all__ = ["GrowingPatience"]


class GrowingPatience:
    """Says when as many rounds are done as there is patience for.

    A round whose loss is at most ``improvement`` times that of the last one that was so good makes
    the patience twice the rounds done.

    Args:
        least: Rounds that are trained at least.
        improvement: A share, at most 1.

    References:
        https://github.com/snakeztc/NeuralDialog-CVAE, kgcvae_swda.py.

    Example:
        >>> patience = GrowingPatience(least=2, improvement=0.9)
        >>> [patience.observe(round, loss) for round, loss in enumerate((9, 8, 8, 7.5), start=1)]
        [False, False, False, True]
    """

    def __init__(self, least: int = 10, improvement: float = 0.996) -> None:
        self.rounds, self.improvement = least, improvement
        self.threshold = math.inf

    def observe(self, done: int, loss: float) -> bool:
        """Take in a validation loss and tell whether the run should end.

        Args:
            done: Rounds done.
            loss: The validation loss after the last of them, above 0.
        """
        if loss <= self.threshold * self.improvement:
            self.rounds = max(self.rounds, 2 * done)
            self.threshold = loss
        return self.rounds <= done

    def state(self) -> dict[str, Any]:
        """Give what it remembers, as JSON has it."""
        threshold = self.threshold if math.isfinite(self.threshold) else None
        return {"rounds": self.rounds, "threshold": threshold}

    def restore(self, state: dict[str, Any]) -> None:
        """Take what :meth:`state` gave."""
        self.rounds = state["rounds"]
        self.threshold = math.inf if state["threshold"] is None else state["threshold"]
