"""What the loop is put together from: batches, updates and validations of any model."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, TypeVar

import torch
from torch import nn

from ..objectives import Objective
from .running_means import RunningMeans, TokenBatch

__all__ = ["Batches", "Updating", "Validating", "Validation", "stretch"]


BatchT = TypeVar("BatchT", bound=TokenBatch)
Given = TypeVar("Given", bound=TokenBatch, covariant=True)
Taken = TypeVar("Taken", bound=TokenBatch, contravariant=True)


class Batches(Protocol[Given]):
    """A training split, whose order depends on the number of the epoch alone."""

    def __len__(self) -> int:
        """Count the batches of an epoch."""
        ...

    def epoch(self, n: int, start: int = 0) -> Iterator[Given]:
        """Give the batches of epoch ``n``, from 0, but for the first ``start``."""
        ...


class Updating(Protocol[Taken]):
    """Moves the parameters of a model, by one batch each time."""

    @property
    def model(self) -> nn.Module:
        """What is trained."""
        ...

    @property
    def objective(self) -> Objective:
        """What is minimised; it has a term ``"kl"``."""
        ...

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        """What moves the parameters."""
        ...

    @property
    def learning_rate(self) -> float:
        """The learning rate of the last update."""
        ...

    def update(self, batch: Taken, step: int, window: RunningMeans, *, stop: bool) -> bool:
        """Move the parameters once.

        Args:
            batch: The whole batch.
            step: Optimizer steps done before.
            window: Takes in the loss.
            stop: Whether this process was asked to stop.

        Returns:
            Whether any process was.
        """
        ...


@dataclass(frozen=True)
class Validation:
    """What was found on the validation split after a round.

    Args:
        figures: What decides and what tables show, ``"elbo"`` at beta = 1 among it.
        beside: Further figures of the same parameters, for the metrics alone.
        warning: What should be told of them.
        keep: Writes what else is kept of them, if anything is.
    """

    figures: Mapping[str, Any]
    beside: Mapping[str, float] = field(default_factory=dict)
    warning: str | None = None
    keep: Callable[[], None] | None = None


class Validating(Protocol):
    """Measures and judges what training has made of a model."""

    def watch(self, kl: float, *, beta: float) -> str | None:
        """Take in the KL of a stretch of training and give a warning when one is due.

        Args:
            kl: Its mean in nats per sentence.
            beta: Its weight at the end of the stretch.
        """
        ...

    def validate(self, n: int, *, beta: float, between: Callable[[], None]) -> Validation:
        """Measure the validation split at beta = 1.

        Args:
            n: Number of the round that has been trained, from 1.
            beta: The weight that the KL had last.
            between: Called after each batch; it may end the run.
        """
        ...

    def ends(self, n: int, figures: Mapping[str, Any], *, better: bool) -> bool:
        """Take in a validation and tell whether the run should end.

        Args:
            n: Number of the round, from 1.
            figures: Those that decide.
            better: Whether its elbo is the best so far.
        """
        ...

    def state(self) -> dict[str, Any]:
        """Give what is remembered of earlier rounds, for a checkpoint, as JSON has it."""
        ...

    def restore(self, facts: Mapping[str, Any]) -> None:
        """Remember what :meth:`state` gave; other facts stand beside it."""
        ...


def stretch(batches: Batches[BatchT], first: int, end: int) -> Iterator[BatchT]:
    """Give the batches of some optimizer steps, epoch after epoch.

    Args:
        batches: The training split.
        first: Optimizer steps done before.
        end: Optimizer steps done afterwards.
    """
    while first < end:
        epoch, start = divmod(first, len(batches))
        for batch in islice(batches.epoch(epoch, start=start), end - first):
            yield batch
            first += 1
