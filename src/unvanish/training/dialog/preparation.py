"""What is settled before the folder of a run on dialogs is touched."""

from dataclasses import dataclass
from typing import Any

import torch

from ...config import DialogConfig, DialogObjectiveConfig
from ...data import WordVectors
from ...data.dialogs import DialogBatches, DialogCorpora, DialogCorpus
from ...models import DialogCVAE
from ...objectives import BagOfWords, Objective, Rate, Reconstruction
from ...schedules import Schedule
from ..course import Course
from ..identity import identity
from ..place import Place
from ..reporter import Plan

__all__ = ["DialogPreparation", "dialog_objective", "evaluation_batches", "prepare_dialogs"]


@dataclass(frozen=True)
class DialogPreparation:
    """What is trained, on what and where.

    Args:
        config: Every setting.
        corpora: The splits.
        batches: The training split, epoch after epoch.
        model: The model, as the seed makes it, on its device.
        objective: What is minimised.
        vectors: What is known of words at the beginning: size, known words, fingerprint of their
            vectors, those of other words left out.
        course: How the longest run goes.
    """

    config: DialogConfig
    corpora: DialogCorpora
    batches: DialogBatches
    model: DialogCVAE
    objective: Objective
    vectors: dict[str, Any] | None
    course: Course

    @property
    def identity(self) -> str:
        """What tells a run from all others: everything that its numbers depend on."""
        return identity(self.config, self.corpora.sha256, self.vectors)

    def plan(self) -> Plan:
        """Say what is about to be trained."""
        train, splits = self.corpora.train, self.corpora.splits.items()
        reading = [
            f"{name}: {len(each)} dialogs, {each.n_utterances:,} utterances"
            for name, each in splits
        ]
        return self.course.plan([self.model, self.objective], train.n_utterances, reading)


def prepare_dialogs(
    config: DialogConfig, corpora: DialogCorpora, vectors: WordVectors | None, device: str
) -> DialogPreparation:
    """Settle everything about a run but its folder; torch's global generator is seeded.

    Args:
        config: Every setting.
        corpora: The splits.
        vectors: What words begin with, if anything is known.
        device: ``"auto"``, ``"cpu"``, ``"cuda"``, ...

    Raises:
        UsageError: If a setting is not possible.
    """
    place = Place.settled(device, config.training.precision)
    batches = DialogBatches(
        corpora.train,
        batch_size=config.training.batch_size,
        context=config.data.context,
        seed=config.seed,
    )
    for split in (corpora.valid, corpora.test):
        evaluation_batches(config, split)
    course = Course.bound(
        config,
        place,
        unit="round",
        rounds=config.training.rounds,
        steps_per_round=max(1, len(batches) // config.training.rounds_per_epoch),
        steps_per_epoch=len(batches),
    )
    torch.manual_seed(config.seed)
    words = len(corpora.vocabulary)
    model = DialogCVAE(
        config.model, vocabulary_size=words, n_topics=len(corpora.train.topics) + 1
    ).to(place.device)
    known = None
    if vectors is not None:
        used = vectors.among(corpora.vocabulary.words)
        found = model.begin_with(corpora.vocabulary, used)
        known = {"size": used.size, "known_words": found, "sha256": used.sha256}
    objective = dialog_objective(config.objective, course.beta, model, words).to(place.device)
    return DialogPreparation(config, corpora, batches, model, objective, known, course)


def evaluation_batches(config: DialogConfig, split: DialogCorpus) -> DialogBatches:
    """Give the responses of a split as they are measured.

    Args:
        config: Every setting.
        split: The dialogs.

    Raises:
        UsageError: If there are too few dialogs for a batch.
    """
    size = config.training.evaluation_batch_size
    return DialogBatches(split, batch_size=size, context=config.data.context)


def dialog_objective(
    config: DialogObjectiveConfig, beta: Schedule, model: DialogCVAE, vocabulary_size: int
) -> Objective:
    """Make rec + beta * kl, and the bag of words if it is asked for.

    Args:
        config: What is minimised.
        beta: The weight of the rate.
        model: Whose decoder is told what.
        vocabulary_size: Number of entries of the vocabulary.
    """
    terms: list[tuple[Any, float | Schedule]] = [(Reconstruction(), 1.0), (Rate(), beta)]
    if config.bag_of_words:
        head = BagOfWords(
            features_size=model.told_size,
            hidden_size=config.bag_of_words_size,
            vocabulary_size=vocabulary_size,
        )
        terms.append((head, 1.0))
    return Objective(terms)
