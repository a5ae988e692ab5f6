"""Ending a run that gains nothing any more, but not while beta still moves."""

import numpy as np

from ..config import Config
from ..schedules import Schedule

__all__ = ["EarlyStopping", "patience_problem", "settled_step"]


class EarlyStopping:
    """Says when so many validations in a row have brought no better elbo.

    While beta moves, the elbo at beta = 1 may fall and rise again: a validation counts only after
    an epoch that began when beta had stopped moving for good.

    Args:
        patience: Validations without a better elbo that end the run; ``None`` never ends it.
        settled: Optimizer steps after which beta no longer moves; ``None`` if it always does.

    Example:
        >>> stopping = EarlyStopping(patience=2, settled=10)
        >>> better = [True, False, False, False, False]
        >>> [stopping.observe(begun, b) for begun, b in zip((0, 5, 10, 15, 20), better)]
        [False, False, False, True, True]
    """

    def __init__(self, patience: int | None, settled: int | None) -> None:
        self.patience, self.settled = patience, settled
        self.waited = 0

    def observe(self, begun: int, better: bool) -> bool:
        """Take in a validation and tell whether the run should end.

        Args:
            begun: Optimizer steps done before the epoch that was validated.
            better: Whether its elbo is the best so far.
        """
        if self.patience is None or self.settled is None or begun < self.settled:
            return False
        self.waited = 0 if better else self.waited + 1
        return self.waited >= self.patience


def settled_step(beta: Schedule, total_steps: int) -> int | None:
    """Find the first step from which a schedule keeps its last value to the end of a run.

    Args:
        beta: The schedule.
        total_steps: Optimizer steps of the run.

    Returns:
        The step, or ``None`` if the schedule moves until the last step.

    Example:
        >>> from unvanish import Cyclical, Monotonic
        >>> settled_step(Monotonic(0.25, 100), 100), settled_step(Cyclical(100), 100)
        (25, 88)
        >>> settled_step(Monotonic(1.0, 100), 100) is None
        True
    """
    values = np.asarray(beta(np.arange(total_steps)), dtype=np.float64)
    values = np.broadcast_to(values, (total_steps,))
    moving = np.flatnonzero(values != values[-1])
    first = int(moving[-1]) + 1 if len(moving) else 0
    return None if first == total_steps - 1 and len(moving) else first


def patience_problem(config: Config, beta: Schedule, steps_per_epoch: int) -> str | None:
    """Say so if a patience can never end a run.

    Args:
        config: Every setting.
        beta: The schedule, bound to the run.
        steps_per_epoch: Optimizer steps of an epoch.
    """
    patience, epochs = config.training.patience, config.training.epochs
    if patience is None:
        return None
    settled = settled_step(beta, epochs * steps_per_epoch)
    resting = 0 if settled is None else epochs - -(-settled // steps_per_epoch)
    if patience < resting:
        return None
    return (
        f"patience {patience} can never end this run: beta rests in its last {resting} epochs "
        "only, and no earlier ones count"
    )
