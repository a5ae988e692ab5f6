"""All scores of generated responses: what a row of the paper's table holds, and diversity."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from ...data import WordVectors
from .bleu import ORDERS, BleuRule, installed_nltk, smoothed_bleu
from .diversity import distinct, self_bleu
from .embedding_scores import embedding_scores
from .precision_recall import precision_recall

__all__ = ["Words", "score_responses"]

Words: TypeAlias = Sequence[str]
"""A sentence, cut."""


def score_responses(
    samples: Sequence[Sequence[Words]],
    references: Sequence[Sequence[Words]],
    *,
    vectors: WordVectors | None = None,
    rule: BleuRule = "nltk-3.4",
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Score several samples for each of many contexts; all figures are means over contexts.

    ``bleu1`` to ``bleu4``, ``a_bow`` and ``e_bow`` come each as ``_precision`` and ``_recall``.
    ``distinct_1`` and ``distinct_2`` are of each context's samples, ``distinct_1_corpus`` and
    ``distinct_2_corpus`` of all samples together. ``self_bleu`` is high where samples are alike.

    Args:
        samples: For every context the words of each sample.
        references: For every context the words of each response that fits.
        vectors: For A-bow and E-bow; without them they are left out. Contexts of which no sample or
            no reference has a known word are skipped; ``contexts_with_vectors`` counts the others.
        rule: Which BLEU (:func:`smoothed_bleu`); ``bleu_rule`` says it, with the release asked.
        progress: Called with the number of contexts done, now and then.

    Raises:
        ValueError: If there is no context, or one without samples or references.
    """
    if len(samples) != len(references) or not samples:
        raise ValueError(f"{len(samples)} contexts with samples, {len(references)} with references")
    found: dict[str, list[float]] = {}
    for done, (said, fitting) in enumerate(zip(samples, references, strict=True), start=1):
        if not said or not fitting:
            raise ValueError(f"context {done} has {len(said)} samples, {len(fitting)} references")
        for name, value in _scores(said, fitting, vectors, rule).items():
            found.setdefault(name, []).append(value)
        if progress is not None and (done % 100 == 0 or done == len(samples)):
            progress(done)
    return {
        **{name: float(np.mean(values)) for name, values in found.items()},
        **_scores_of_all([words for said in samples for words in said]),
        "contexts": len(samples),
        "contexts_with_vectors": len(found.get("a_bow_precision", [])),
        "bleu_rule": f"nltk {installed_nltk()}" if rule == "installed" else rule,
    }


def _scores(
    samples: Sequence[Words],
    references: Sequence[Words],
    vectors: WordVectors | None,
    rule: BleuRule,
) -> dict[str, float]:
    """Score the samples for one context."""
    figures: dict[str, float] = {}
    for name, table in _tables(samples, references, vectors, rule).items():
        if table.size:
            found = precision_recall(table)
            figures[f"{name}_precision"], figures[f"{name}_recall"] = found
    figures["self_bleu"] = self_bleu(samples)
    return figures | {f"distinct_{order}": distinct(samples, order) for order in (1, 2)}


def _scores_of_all(samples: Sequence[Words]) -> dict[str, float]:
    """Score the samples for all contexts together."""
    figures = {f"distinct_{order}_corpus": distinct(samples, order) for order in (1, 2)}
    return figures | {"words_per_sample": float(np.mean([len(words) for words in samples]))}


def _tables(
    samples: Sequence[Words],
    references: Sequence[Words],
    vectors: WordVectors | None,
    rule: BleuRule,
) -> dict[str, np.ndarray]:
    """Give every score of every sample with every reference."""
    scores = np.array(
        [[smoothed_bleu(sample, each, rule) for each in references] for sample in samples]
    )
    tables = {f"bleu{order + 1}": scores[:, :, order] for order in range(ORDERS)}
    if vectors is None:
        return tables
    a_bow, e_bow = embedding_scores(samples, references, vectors)
    return tables | {"a_bow": a_bow, "e_bow": e_bow}
