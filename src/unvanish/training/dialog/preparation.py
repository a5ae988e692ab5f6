"""What is settled before the folder of a run on dialogs is touched."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import torch

from ...config import DialogConfig, DialogObjectiveConfig, bound_schedule, departures
from ...data import WordVectors
from ...data.dialogs import DialogBatches, DialogCorpora, DialogCorpus
from ...models import DialogCVAE
from ...nn.precision import Precision, resolve_precision
from ...objectives import BagOfWords, Objective, Rate, Reconstruction
from ...schedules import Schedule
from ..device import resolve_device
from ..environment import environment
from ..reporter import Plan
from .loop import steps_per_round

__all__ = ["DialogPreparation", "dialog_objective", "evaluation_batches", "prepare_dialogs"]


@dataclass(frozen=True)
class DialogPreparation:
    """What is trained, on what and where.

    Args:
        config: Every setting.
        corpora: The splits.
        batches: The training split, epoch after epoch.
        beta: The weight of the rate, bound to the longest run.
        problems: What is possible, but hardly meant.
        model: The model, as the seed makes it.
        objective: What is minimised.
        vectors: What is known of words at the beginning: size, known words, fingerprint.
        precision: Of the forward pass.
        environment: Versions and device.
    """

    config: DialogConfig
    corpora: DialogCorpora
    batches: DialogBatches
    beta: Schedule
    problems: tuple[str, ...]
    model: DialogCVAE
    objective: Objective
    vectors: dict[str, Any] | None
    precision: Precision
    environment: dict[str, Any]

    @property
    def total_steps(self) -> int:
        """Optimizer steps of the longest run."""
        return self.config.training.rounds * steps_per_round(self.config, self.batches)

    @property
    def identity(self) -> str:
        """What tells a run from all others: everything that its numbers depend on."""
        settings = json.dumps({**departures(self.config), "name": None}, sort_keys=True)
        text = f"{settings} {self.corpora.sha256} {self.vectors}"
        return hashlib.sha256(text.encode()).hexdigest()

    def plan(self) -> Plan:
        """Say what is about to be trained; its epochs are the rounds."""
        config, splits = self.config, self.corpora.splits.items()
        parameters = [*self.model.parameters(), *self.objective.parameters()]
        return Plan(
            name=config.name or config.objective.beta,
            parameters=sum(parameter.numel() for parameter in parameters),
            sentences=self.corpora.train.n_utterances,
            total_steps=self.total_steps,
            steps_per_epoch=steps_per_round(config, self.batches),
            epochs=config.training.rounds,
            beta=self.beta.describe(),
            sparkline=self.beta.sparkline(steps=self.total_steps),
            device=str(next(self.model.parameters()).device),
            precision=self.precision,
            reading=tuple(
                f"{name}: {len(each)} dialogs, {each.n_utterances:,} utterances"
                for name, each in splits
            ),
        )


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
    place = resolve_device(device)
    precision = resolve_precision(config.training.precision, place)
    batches = DialogBatches(
        corpora.train,
        batch_size=config.training.batch_size,
        context=config.data.context,
        seed=config.seed,
    )
    for split in (corpora.valid, corpora.test):
        evaluation_batches(config, split)
    steps = steps_per_round(config, batches)
    beta, problems = bound_schedule(
        config.objective.beta,
        total_steps=config.training.rounds * steps,
        steps_per_epoch=len(batches),
    )
    torch.manual_seed(config.seed)
    words = len(corpora.vocabulary)
    model = DialogCVAE(
        config.model, vocabulary_size=words, n_topics=len(corpora.train.topics) + 1
    ).to(place)
    known = None
    if vectors is not None:
        found = model.begin_with(corpora.vocabulary, vectors)
        known = {"size": vectors.size, "known_words": found, "sha256": vectors.sha256}
    objective = dialog_objective(config.objective, beta, model, words).to(place)
    return DialogPreparation(
        config,
        corpora,
        batches,
        beta,
        tuple(problems),
        model,
        objective,
        known,
        precision,
        environment(place, precision),
    )


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
