"""Whether edited sentences took the label they were moved to, and what they kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..config import UsageError
from .bags import words_in_common
from .label_classifier import LabelClassifier, labelled_sentences, train_classifier
from .labels import known_labels, require_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..data import Corpus

__all__ = ["Transfer", "judge", "transfer_accuracy"]


@dataclass(frozen=True)
class Transfer:
    """What a classifier of labels makes of edited sentences.

    ``accuracy`` says nothing unless it is well above ``before``, and ``classifier_accuracy`` well
    above ``commonest_label``; an edit that drops the sentence for a typical one of the label has
    a high ``accuracy`` and a low ``words_in_common``. An interval is Wilson's, with 95 %: what
    other sentences of the same kind would give.

    Args:
        accuracy: Share of the edited sentences that are taken for the label they were moved to.
        before: The same share of their sources.
        words_in_common: :func:`words_in_common` of edited sentence and source, on average.
        classifier_accuracy: Share of held-out sentences whose label the classifier finds.
        commonest_label: Share of held-out sentences that have the label most of them have: what
            the best of those finds that always say the same.
        n_edited: Edited sentences.
        n_held_out: Held-out sentences with a label.
        accuracy_interval: Interval of ``accuracy``.
        before_interval: Interval of ``before``.
        classifier_interval: Interval of ``classifier_accuracy``.
    """

    accuracy: float
    before: float
    words_in_common: float
    classifier_accuracy: float
    commonest_label: float
    n_edited: int
    n_held_out: int
    accuracy_interval: tuple[float, float]
    before_interval: tuple[float, float]
    classifier_interval: tuple[float, float]


def transfer_accuracy(
    train: Corpus,
    held_out: Corpus,
    sources: Sequence[Sequence[int]],
    edited: Sequence[Sequence[int]],
    toward: str,
) -> Transfer:
    """Train a classifier on labelled sentences and let it judge edited ones.

    Args:
        train: Labelled sentences to learn from, those of the model's training split.
        held_out: Labelled sentences to measure the classifier on, such as the test split.
        sources: Ids of the sentences before the edit.
        edited: Ids of the sentences after it, such as ``generate_tokens(...).tolist()``.
        toward: The label they were moved to.

    Raises:
        UsageError: If there is nothing to judge, labels are missing, the training sentences do
            not have ``toward`` and another, or scikit-learn is missing.
        ValueError: If there are more or fewer sources than edited sentences, or the corpora
            have different vocabularies.
    """
    if len(sources) != len(edited):
        raise ValueError(f"there are {len(sources)} sources of {len(edited)} edited sentences")
    if train.vocabulary != held_out.vocabulary:
        raise ValueError("the corpora have different vocabularies: the ids mean different words")
    if not edited:
        raise UsageError("there are no edited sentences to judge; give at least one")
    require_label(toward, known_labels(train.labels))
    return judge(train_classifier(train), held_out, sources, edited, toward)


def judge(
    classifier: LabelClassifier,
    held_out: Corpus,
    sources: Sequence[Sequence[int]],
    edited: Sequence[Sequence[int]],
    toward: str,
) -> Transfer:
    """Let a trained classifier judge edited sentences.

    Args:
        classifier: The judge.
        held_out: Labelled sentences that it was not trained on.
        sources: Ids of the sentences before the edit.
        edited: Ids of as many sentences after it, at least one.
        toward: The label they were moved to.

    Raises:
        UsageError: If no held-out sentence has a label.
    """
    labels = labelled_sentences(held_out)[1]
    right = classifier.n_right(held_out)
    n, n_held_out = len(edited), len(labels)
    after, before = (classifier.predict(each).count(toward) for each in (edited, sources))
    return Transfer(
        accuracy=after / n,
        before=before / n,
        words_in_common=sum(map(words_in_common, sources, edited)) / n,
        classifier_accuracy=right / n_held_out,
        commonest_label=max(Counter(labels).values()) / n_held_out,
        n_edited=n,
        n_held_out=n_held_out,
        accuracy_interval=_interval(after, n),
        before_interval=_interval(before, n),
        classifier_interval=_interval(right, n_held_out),
    )


def _interval(count: int, n: int) -> tuple[float, float]:
    """Give Wilson's 95 % interval of a share; scikit-learn, which the judge needs, brings scipy."""
    from scipy.stats import binomtest  # type: ignore[import-untyped]

    found = binomtest(count, n).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)
