"""The linear classifier of Fu et al. (2019) on Yelp, trained as their scripts train it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from numpy import ndarray
from torch import Tensor

from ..config import UsageError
from ..config.errors import require
from .labelled_subsets import LabelDraws
from .linear_probe import LabelledAccuracy, accuracies, require_matching

__all__ = ["PUBLISHED_DRAWS", "PublishedProbe", "published_probe"]

PUBLISHED_DRAWS = LabelDraws(counts=(), shares=(0.01, 0.1))
"""What the scripts try: 1 or 10 % of the sentences have a label."""


@dataclass(frozen=True)
class PublishedProbe:
    """How the scripts train; their autoencoder has 1,000 epochs instead.

    Args:
        learning_rate: First step size of Adam.
        decay: What it is multiplied by in the course of 100 epochs.
        batch_size: Sentences in a step; those of an epoch that do not fill one are left out.
        epochs: Passes over the labelled sentences.
        seed: Source of their order, at least 0.

    Raises:
        UsageError: If a number is out of range.
    """

    learning_rate: float = 1e-4
    decay: float = 0.99
    batch_size: int = 32
    epochs: int = 3_000
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("learning_rate", "decay"):
            require(getattr(self, name) > 0, name, getattr(self, name), "give a number above 0")
        for name in ("batch_size", "epochs"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "give at least 1")
        require(self.seed >= 0, "seed", self.seed, "give at least 0")


@dataclass(frozen=True)
class _Split:
    """Features of sentences, and 1 where the label is the second of two."""

    features: Float[Tensor, "sentences features"]
    targets: Float[Tensor, " sentences"]


def published_probe(
    train: tuple[Float[ndarray, "sentences features"], Sequence[str]],
    valid: tuple[Float[ndarray, "validated features"], Sequence[str]],
    test: tuple[Float[ndarray, "tested features"], Sequence[str]],
    draws: LabelDraws = PUBLISHED_DRAWS,
    *,
    unseen: Bool[ndarray, " tested"] | None = None,
    settings: PublishedProbe = PublishedProbe(),
    progress: Callable[[int], None] | None = None,
) -> list[LabelledAccuracy]:
    """Learn which of two labels a sentence has from a few latent vectors, as they come.

    One linear unit, sigmoid cross-entropy, Adam with a learning rate that falls slowly. It is the
    unit after the epoch with the best accuracy on validation sentences, whose labels are all used
    for this: a choice that whoever has few labels cannot make. :func:`linear_probe` does without,
    is faster, and reaches the minimum, which so small steps may not.

    Args:
        train: Features and labels of sentences of which some are drawn.
        valid: Those that choose the epoch.
        test: Those that are tested.
        draws: How many sentences have a label, and how often they are drawn: the same sentences as
            for :func:`linear_probe`. 1 and 10 % by default, as in the scripts.
        unseen: True for test sentences for which the accuracy is given too.
        settings: How the unit is trained.
        progress: Called with the number of units trained, after each.

    Raises:
        UsageError: If sizes do not fit, a number is not finite, there are other than two labels,
            or fewer labelled sentences than a batch has.

    References:
        https://github.com/haofuml/cyclical_annealing, semi/semi_yelp_cyc_ft.py.
    """
    splits = _splits(train, valid, test)
    fewest, least = draws.numbers(len(train[1]))[0], settings.batch_size
    require(fewest >= least, "labelled sentences", fewest, f"give a batch, {least}, or more")

    def hits(rows: Int64[ndarray, " labelled"]) -> Bool[ndarray, " tested"]:
        whole, chosen = splits[0], torch.from_numpy(rows)
        labelled = _Split(whole.features[chosen], whole.targets[chosen])
        right: ndarray = _right(_trained(labelled, splits[1], settings), splits[2]).numpy()
        return right

    sizes = len(train[1]), len(test[1])
    return accuracies(hits, sizes, draws, unseen=unseen, progress=progress)


def _splits(*given: tuple[ndarray, Sequence[str]]) -> list[_Split]:
    """Take features as they are, and labels as numbers.

    Raises:
        UsageError: If they do not fit, or there are other than two labels.
    """
    known = sorted({label for _, labels in given for label in labels})
    if len(known) != 2:
        raise UsageError(f"there are {len(known)} labels, and one unit tells two: use linear_probe")
    require_matching(*given)
    return [
        _Split(
            torch.from_numpy(np.asarray(features, dtype=np.float32)),
            torch.tensor([float(label == known[1]) for label in labels]),
        )
        for features, labels in given
    ]


def _trained(
    labelled: _Split, valid: _Split, settings: PublishedProbe
) -> Float[Tensor, " features_and_bias"]:
    """Train a unit and give it as it was after its best epoch: weights, then bias."""
    unit = torch.zeros(labelled.features.shape[1] + 1)
    optimizer = torch.optim.Adam([unit], lr=settings.learning_rate, fused=True)
    source = np.random.default_rng(settings.seed)
    best, kept = -1, unit.clone()
    for epoch in range(settings.epochs):
        optimizer.param_groups[0]["lr"] = settings.learning_rate * settings.decay ** (epoch / 100)
        order = torch.from_numpy(source.permutation(len(labelled.targets)))
        features, targets = labelled.features[order], labelled.targets[order]
        for first in range(0, len(order) - settings.batch_size + 1, settings.batch_size):
            rows = slice(first, first + settings.batch_size)
            unit.grad = _gradient(unit, features[rows], targets[rows])
            optimizer.step()
        right = int(_right(unit, valid).sum())
        if right > best:
            best, kept = right, unit.clone()
    return kept


def _gradient(
    unit: Float[Tensor, " features_and_bias"],
    features: Float[Tensor, "batch features"],
    targets: Float[Tensor, " batch"],
) -> Float[Tensor, " features_and_bias"]:
    """Give that of the mean sigmoid cross-entropy."""
    excess = (torch.sigmoid(features @ unit[:-1] + unit[-1]) - targets) / len(targets)
    return torch.cat([excess @ features, excess.sum(0, keepdim=True)])


def _right(unit: Float[Tensor, " features_and_bias"], split: _Split) -> Bool[Tensor, " sentences"]:
    """Tell which sentences are on the side of the threshold where their label is."""
    return (split.features @ unit[:-1] + unit[-1] > 0) == (split.targets > 0)
