"""What a linear classifier reads out of latent vectors when few sentences have a label.

Section 6.3 of Fu et al., Cyclical Annealing Schedule, NAACL 2019,
https://arxiv.org/abs/1903.10145: a model is trained without labels, its encoder stays as it is, and
a linear classifier learns from the means of q(z|x) of a few labelled sentences.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int64
from numpy import ndarray

from ..config import UsageError
from ..extras import how_to_install
from ..measures.intervals import Spread, summarize
from .labelled_subsets import LabelDraws, parts_to_learn_and_choose

__all__ = ["LabelledAccuracy", "accuracies", "linear_probe", "require_matching"]

_STRENGTHS = tuple(10.0**exponent for exponent in range(-5, 3))
"""Inverse strengths of the penalty that are tried, the strongest first."""

_LEAST_PROBABLE = 1e-15
"""What a label counts as that was not among those learnt."""


@dataclass(frozen=True)
class LabelledAccuracy:
    """Shares of test sentences whose label was found, after learning from so many labelled ones.

    Args:
        labelled: How many had a label.
        accuracy: Over draws of them.
        accuracy_unseen: The same on the test sentences that the mask names; ``None`` without one.
    """

    labelled: int
    accuracy: Spread
    accuracy_unseen: Spread | None = None


def linear_probe(
    features: Float[ndarray, "sentences features"],
    labels: Sequence[str],
    test_features: Float[ndarray, "tested features"],
    test_labels: Sequence[str],
    draws: LabelDraws = LabelDraws(),  # noqa: B008 - frozen
    *,
    unseen: Bool[ndarray, " tested"] | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[LabelledAccuracy]:
    """Learn labels from a few latent vectors by logistic regression, several times.

    Features are standardised by those of the labelled sentences. The strength of the
    penalty is the one that gives a fifth of these the greatest likelihood after learning from the
    others; then all are learnt from. No label but theirs is used, so nothing is chosen by what a
    person with so few would not have.

    Args:
        features: Of sentences whose labels may be drawn, such as ``run.encode(text)``.
        labels: Theirs.
        test_features: Of those that are tested.
        test_labels: Theirs.
        draws: How many of the sentences have a label, and how often they are drawn.
        unseen: True for test sentences that do not occur in training, for which the accuracy is
            given too.
        progress: Called with the number of classifiers trained, after each.

    Raises:
        UsageError: If scikit-learn is missing, sizes do not fit, a number is not finite, or there
            are too few sentences.

    Example:
        >>> noise = np.random.default_rng(0).standard_normal((400, 3))
        >>> labels = ["good" if row[0] > 0 else "bad" for row in noise]
        >>> data = noise[:300], labels[:300], noise[300:], labels[300:]
        >>> found = linear_probe(*data, LabelDraws(counts=(10, 200), repeats=2))
        >>> [round(each.accuracy.mean, 1) for each in found]
        [0.8, 1.0]
    """
    require_matching((features, labels), (test_features, test_labels))
    _require_regression()
    names, tested = np.asarray(labels), np.asarray(test_labels)

    def hits(rows: Int64[ndarray, " labelled"]) -> Bool[ndarray, " tested"]:
        learnt, choosing = parts_to_learn_and_choose(rows, labels)
        strength = _best_strength(features, names, learnt, choosing)
        classifier = _fitted(features[rows], names[rows], strength)
        right: ndarray = classifier.predict(test_features) == tested
        return right

    sizes = len(labels), len(test_labels)
    return accuracies(hits, sizes, draws, unseen=unseen, progress=progress)


def accuracies(
    hits: Callable[[Int64[ndarray, " labelled"]], Bool[ndarray, " tested"]],
    sizes: tuple[int, int],
    draws: LabelDraws,
    *,
    unseen: Bool[ndarray, " tested"] | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[LabelledAccuracy]:
    """Learn from each number of labelled sentences several times, by any method.

    Args:
        hits: Learns from labelled sentences and says which test sentences it then gets right.
        sizes: How many sentences there are to draw from, and how many are tested.
        draws: How many of them have a label, and how often they are drawn.
        unseen: True for test sentences for which the accuracy is given too.
        progress: Called with the number of classifiers trained, after each.

    Raises:
        UsageError: If there are too few sentences, or the mask names no test sentence or is not of
            all of them.
    """
    sentences, tested = sizes
    if unseen is not None and unseen.shape != (tested,):
        raise UsageError(
            f"the mask has the shape {unseen.shape} and does not go with {tested} test sentences: "
            "give one truth for each"
        )
    if unseen is not None and not unseen.any():
        raise UsageError("every test sentence occurs in training: give other ones, or no mask")
    found, done = [], 0
    for count in draws.numbers(sentences):
        whole, apart = [], []
        for rows in draws.of(sentences, count):
            right = hits(rows)
            whole.append(float(right.mean()))
            if unseen is not None:
                apart.append(float(right[unseen].mean()))
            done += 1
            if progress is not None:
                progress(done)
        found.append(LabelledAccuracy(count, summarize(whole), summarize(apart) if apart else None))
    return found


def require_matching(*splits: tuple[ndarray, Sequence[str]]) -> None:
    """Check that features are matrices of finite numbers, equally wide, with a row for each label.

    Args:
        splits: Features and labels of each.

    Raises:
        UsageError: If they are not.
    """
    for features, labels in splits:
        _require_rows(features, labels)
    widths = [features.shape[1] for features, _ in splits]
    if len(set(widths)) > 1:
        raise UsageError(
            f"sentences have {' and '.join(map(str, widths))} features: give those of one model"
        )


def _require_rows(features: ndarray, labels: Sequence[str]) -> None:
    """Check that features are a matrix of finite numbers with a row for each label."""
    if features.ndim != 2 or len(features) != len(labels) or not len(labels):
        raise UsageError(
            f"features of shape {features.shape} do not go with {len(labels)} labels: give a row "
            "for each"
        )
    if not np.isfinite(features).all():
        raise UsageError("features hold numbers that are not finite: give those of another run")


def _require_regression() -> None:
    try:
        import sklearn  # type: ignore[import-untyped]  # noqa: F401
    except ImportError:
        raise UsageError(f"a linear probe needs scikit-learn: {how_to_install('eval')}") from None


def _best_strength(
    features: Float[ndarray, "sentences features"],
    labels: ndarray,
    learnt: Int64[ndarray, " learnt"],
    choosing: Int64[ndarray, " choosing"],
) -> float:
    """Find the penalty that makes the labels of others most probable."""
    scores = []
    for strength in _STRENGTHS:
        fitted = _fitted(features[learnt], labels[learnt], strength)
        own = labels[choosing][:, None] == fitted.classes_
        probable = (fitted.predict_proba(features[choosing]) * own).sum(1)
        scores.append(np.log(probable.clip(_LEAST_PROBABLE)).sum())
    return _STRENGTHS[int(np.argmax(scores))]


def _fitted(features: Float[ndarray, "learnt features"], labels: ndarray, strength: float) -> Any:
    """Fit a logistic regression; weak penalties on few sentences may end before the minimum."""
    from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
    from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

    regression = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=500))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return regression.fit(features, labels)
