"""What an encoder is worth to begin with, when it goes on to learn from a few labels."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from numpy import ndarray
from torch import Tensor
from torch.nn import functional as F

from ..config import UsageError
from ..config.errors import require
from ..data import Corpus
from ..models import TextVAE
from ..nn.denormals import denormals_as_zero
from .labelled_subsets import LabelDraws, parts_to_learn_and_choose
from .linear_probe import LabelledAccuracy, accuracies
from .sentence_classifier import SentenceClassifier

__all__ = ["FineTuning", "fine_tune", "fine_tuned_accuracy"]


@dataclass(frozen=True)
class FineTuning:
    """How encoder and classifier learn together.

    Args:
        learning_rate: Step size of Adam.
        batch_size: Labelled sentences in a step.
        epochs: Most passes over those that are learnt from.
        patience: Passes in a row that may be no better on those that choose.
        seed: Source of the order of the sentences, at least 0.

    Raises:
        UsageError: If a number is out of range.
    """

    learning_rate: float = 1e-3
    batch_size: int = 32
    epochs: int = 50
    patience: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        rate = self.learning_rate
        require(rate > 0, "learning_rate", rate, "give a number above 0")
        for name in ("batch_size", "epochs", "patience"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "give at least 1")
        require(self.seed >= 0, "seed", self.seed, "give at least 0")


def fine_tuned_accuracy(
    model: TextVAE,
    corpus: Corpus,
    test: Corpus,
    draws: LabelDraws = LabelDraws(),  # noqa: B008 - frozen
    *,
    unseen: Bool[ndarray, " tested"] | None = None,
    settings: FineTuning = FineTuning(),
    progress: Callable[[int], None] | None = None,
) -> list[LabelledAccuracy]:
    """Fine-tune on a few labelled sentences, several times: those of :func:`linear_probe`.

    Args:
        model: A trained model; it stays as it is.
        corpus: Sentences whose labels may be drawn.
        test: Those that are tested.
        draws: How many of the sentences have a label, and how often they are drawn.
        unseen: True for test sentences that do not occur in training, for which the accuracy is
            given too.
        settings: How encoder and classifier learn.
        progress: Called with the number of classifiers trained, after each.

    Raises:
        UsageError: If a sentence has no label, there are too few, or the mask does not fit.
    """
    everyone = np.arange(len(corpus))
    require_labels(corpus, everyone)
    wanted = np.asarray(require_labels(test, np.arange(len(test))))

    def hits(rows: Int64[ndarray, " labelled"]) -> Bool[ndarray, " tested"]:
        guesses = np.asarray(fine_tune(model, corpus, rows, settings=settings).predict(test))
        right: ndarray = guesses == wanted
        return right

    sizes = len(corpus), len(test)
    return accuracies(hits, sizes, draws, unseen=unseen, progress=progress)


def fine_tune(
    model: TextVAE,
    corpus: Corpus,
    rows: Int64[ndarray, " labelled"],
    *,
    settings: FineTuning = FineTuning(),
) -> SentenceClassifier:
    """Train an encoder and a linear classifier on labelled sentences, from the model's parameters.

    A fifth of the sentences chooses the pass after which both were best: the one with the greatest
    accuracy there, among equals the one that makes the labels most probable. The others are learnt
    from. The same numbers give the same classifier.

    Args:
        model: A trained model, or for comparison one that is not; it stays as it is.
        corpus: Sentences with labels.
        rows: Which of them count as labelled, as :func:`labelled_subset` draws them.
        settings: How they learn.

    Raises:
        UsageError: If one of them has no label, or those to learn from have one only.
    """
    labels = dict(zip(rows.tolist(), require_labels(corpus, rows), strict=True))
    learnt, choosing = parts_to_learn_and_choose(rows, labels)
    classifier = SentenceClassifier(model, sorted(set(labels.values())))
    number = {label: place for place, label in enumerate(classifier.labels)}
    numbers = {row: number[label] for row, label in labels.items()}
    optimizer = torch.optim.Adam(classifier.parameters(), lr=settings.learning_rate)
    source = np.random.default_rng(settings.seed)
    best, kept, waited = (-1.0, 0.0), classifier.state_dict(), 0
    for _ in range(settings.epochs):
        _pass(classifier, optimizer, corpus, source.permutation(learnt), numbers, settings)
        reached = _judged(classifier, corpus, choosing, numbers)
        waited = 0 if reached > best else waited + 1
        if not waited:
            best, kept = reached, copy.deepcopy(classifier.state_dict())
        if waited == settings.patience:
            break
    classifier.load_state_dict(kept)
    return classifier.eval()


def require_labels(corpus: Corpus, rows: Int64[ndarray, " rows"]) -> list[str]:
    """Give the labels of sentences, all of which must have one.

    Args:
        corpus: The sentences.
        rows: Which of them.

    Raises:
        UsageError: If one has none.
    """
    found = [None if corpus.labels is None else corpus.labels[row] for row in rows.tolist()]
    labels = [label for label in found if label is not None]
    if len(labels) < len(found):
        raise UsageError(
            f"{len(found) - len(labels):,} of {len(found):,} sentences have no label; give a .tsv "
            "or .jsonl file with labels"
        )
    return labels


@denormals_as_zero()
def _pass(
    classifier: SentenceClassifier,
    optimizer: torch.optim.Optimizer,
    corpus: Corpus,
    order: Int64[ndarray, " learnt"],
    numbers: dict[int, int],
    settings: FineTuning,
) -> None:
    """Learn from every sentence once."""
    classifier.train()
    for first in range(0, len(order), settings.batch_size):
        part = order[first : first + settings.batch_size]
        logits = classifier.of_rows(corpus, part)
        loss = F.cross_entropy(logits, _targets(part, numbers).to(logits.device))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _judged(
    classifier: SentenceClassifier,
    corpus: Corpus,
    rows: Int64[ndarray, " choosing"],
    numbers: dict[int, int],
) -> tuple[float, float]:
    """Give accuracy and mean log probability of labels."""
    found, targets = classifier.log_probabilities(corpus, rows), _targets(rows, numbers)
    right: Float[Tensor, " choosing"] = (found.argmax(-1) == targets).float()
    return float(right.mean()), -float(F.nll_loss(found, targets))


def _targets(rows: Int64[ndarray, " rows"], numbers: dict[int, int]) -> Int64[Tensor, " rows"]:
    return torch.tensor([numbers[row] for row in rows.tolist()])
