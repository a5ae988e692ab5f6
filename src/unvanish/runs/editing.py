"""Sentences moved to a label, and whether they got there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from ..config import UsageError
from ..config.errors import require
from ..generation import (
    Transfer,
    attribute_vector,
    generate_tokens,
    move,
    train_classifier,
)
from ..generation.labels import known_labels, require_label
from ..generation.transfer import judge
from .text import labelled_corpora

if TYPE_CHECKING:
    from ..config import Decoding
    from ..data import Corpora, Source
    from .run import Run
    from .text import Text

__all__ = ["Edited", "edit_sentences"]


@dataclass(frozen=True)
class Edited:
    """What became of sentences that were moved to a label.

    Args:
        sources: The sentences as the run reads them: words it does not know are ``<unk>``.
        sentences: What each became.
        transfer: What a classifier of labels makes of them.
        unmoved: What it makes of the same sentences written again without being moved: the part
            of ``transfer`` that has nothing to do with the direction. A model that ignores z
            writes the same for both.
    """

    sources: list[str]
    sentences: list[str]
    transfer: Transfer
    unmoved: Transfer


def edit_sentences(
    run: Run,
    text: Text,
    labelled: Source | None = None,
    *,
    toward: str,
    away: str | None = None,
    strength: float = 1.0,
    decoding: Decoding | None = None,
    seed: int = 1,
    batch_size: int = 128,
    progress: Callable[[int], None] | None = None,
) -> Edited:
    """Learn the direction of a label, move sentences along it, write them, and judge.

    Args:
        run: Whose model.
        text: The sentences.
        labelled: Labelled sentences, of which a tenth is set aside to measure the classifier on;
            ``None`` takes the splits of the run.
        toward: The label to move to.
        away: The label to move from; ``None`` takes all others.
        strength: How far; 1 goes as far as the means of the labels are apart, a negative number
            the other way.
        decoding: How words are chosen; ``None`` takes the most probable one each time.
        seed: Source of the draws, where words are drawn.
        batch_size: Sentences handled at once.
        progress: Called with the number of sentences written, after each batch; every one is
            written twice, moved and not.

    Raises:
        UsageError: If labels are missing, the training text is gone, or ``strength`` is not finite.
    """
    require(math.isfinite(strength), "strength", strength, "give a finite number")
    corpora = _labelled_corpora(run, labelled)
    require_label(toward, known_labels(corpora.train.labels))
    sources = run.read(text)
    known = run.posteriors(corpora.train, batch_size=batch_size).mean
    vector = attribute_vector(known, corpora.train.labels, toward, away)
    z = run.posteriors(sources, batch_size=batch_size).mean
    rows = generate_tokens(
        run.in_use,
        torch.cat([move(z, vector, strength), z]).to(run.device),
        decoding or run.decoding(),
        generator=torch.Generator().manual_seed(seed),
        batch_size=batch_size,
        progress=progress,
    ).tolist()
    before = [sources[place].tolist() for place in range(len(sources))]
    written, again = rows[: len(before)], rows[len(before) :]
    classifier = train_classifier(corpora.train)
    transfer, unmoved = (
        judge(classifier, corpora.test, before, after, toward) for after in (written, again)
    )
    return Edited(_texts(run, before), _texts(run, written), transfer, unmoved)


def _labelled_corpora(run: Run, labelled: Source | None) -> Corpora:
    """Read labelled sentences, or the splits of the run, which must have labels then.

    Raises:
        UsageError: If they cannot be read, or the splits have none.
    """
    if labelled is not None:
        return labelled_corpora(run, labelled)
    if run.corpora.train.labels is None:
        raise UsageError(
            "the training text of this run has no labels: give a .tsv or .jsonl file of labelled "
            "sentences, as --labelled FILE"
        )
    return run.corpora


def _texts(run: Run, rows: list[list[int]]) -> list[str]:
    """Turn ids into text."""
    return [run.tokens.join(run.vocabulary.decode(ids)) for ids in rows]
