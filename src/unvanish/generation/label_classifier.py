"""Labels guessed from words: the judge of whether an edit moved a sentence to a label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..config import UsageError
from ..extras import how_to_install
from .bags import bag_of_words
from .labels import known_labels

if TYPE_CHECKING:
    from ..data import Corpus

__all__ = ["LabelClassifier", "train_classifier"]


@dataclass(frozen=True, eq=False)
class LabelClassifier:
    """Logistic regression on how often each word stands in a sentence.

    It knows nothing of the model it judges: neither its latent vectors nor its probabilities.

    Args:
        fitted: scikit-learn's estimator.
        vocabulary_size: Number of ids.
    """

    fitted: Any
    vocabulary_size: int

    def predict(self, sentences: Iterable[Iterable[int]]) -> list[str]:
        """Guess the label of each sentence.

        Args:
            sentences: Ids of each; symbols and padding do not count.
        """
        matrix = _counts(sentences, self.vocabulary_size)
        return [str(label) for label in self.fitted.predict(matrix)] if matrix.shape[0] else []

    def accuracy(self, corpus: Corpus) -> float:
        """Give the share of labelled sentences whose label is guessed.

        Args:
            corpus: Sentences the classifier was not trained on.

        Raises:
            UsageError: If none has a label.
        """
        return self.n_right(corpus) / len(labelled_sentences(corpus)[1])

    def n_right(self, corpus: Corpus) -> int:
        """Count the labelled sentences whose label is guessed.

        Args:
            corpus: Sentences the classifier was not trained on.

        Raises:
            UsageError: If none has a label.
        """
        sentences, labels = labelled_sentences(corpus)
        return sum(map(str.__eq__, self.predict(sentences), labels))


def train_classifier(corpus: Corpus) -> LabelClassifier:
    """Train a classifier on the labelled sentences of a corpus.

    It has scikit-learn's usual penalty (C = 1) and involves no chance.

    Args:
        corpus: Sentences, of which some have labels.

    Raises:
        UsageError: If scikit-learn is missing, or there are fewer than two labels.
    """
    try:
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    except ImportError:
        raise UsageError(f"guessing labels needs scikit-learn: {how_to_install('eval')}") from None
    sentences, labels = labelled_sentences(corpus)
    if len(set(labels)) < 2:
        raise UsageError(f"all labelled sentences are {labels[0]!r}; give some of another label")
    size = len(corpus.vocabulary)
    fitted = LogisticRegression(max_iter=1000).fit(_counts(sentences, size), labels)
    return LabelClassifier(fitted, size)


def labelled_sentences(corpus: Corpus) -> tuple[list[Sequence[int]], list[str]]:
    """Take the sentences that have a label, and the labels.

    Args:
        corpus: Sentences.

    Raises:
        UsageError: If none has a label.
    """
    known_labels(corpus.labels)
    pairs = [
        (corpus[place].tolist(), label)
        for place, label in enumerate(corpus.labels or ())
        if label is not None
    ]
    return [ids for ids, _ in pairs], [label for _, label in pairs]


def _counts(sentences: Iterable[Iterable[int]], vocabulary_size: int) -> Any:
    """Count words into a sparse matrix, a row a sentence and a column a word."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    bags = [bag_of_words(sentence) for sentence in sentences]
    columns = [word for bag in bags for word in bag]
    values = [float(count) for bag in bags for count in bag.values()]
    ends = [0]
    for bag in bags:
        ends.append(ends[-1] + len(bag))
    return csr_matrix((values, columns, ends), shape=(len(bags), vocabulary_size))
