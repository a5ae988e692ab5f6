"""How well labels are found after learning from a few, for every trained model; kept on disk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from jaxtyping import Bool, Int64
from numpy import array, ndarray

from ...config import UsageError
from ...data import Corpus, Sentence, read_sentences
from ...evaluation import (
    FineTuning,
    LabelDraws,
    LabelledAccuracy,
    fine_tuned_accuracy,
    linear_probe,
)
from ...evaluation import unseen_sentences as unseen_of
from ...evaluation.linear_probe import accuracies
from ...generation import train_classifier
from ...measures import Spread, summarize
from ...models import encode_corpus
from ...runs import Run, load
from ..reproducing import Kept, Watcher, measure_once

__all__ = ["BAG_OF_WORDS", "LabelProbes", "Readings", "Repetition"]

BAG_OF_WORDS = "bag-of-words"
"""What every model is to be better than: logistic regression on words, without any model."""


@dataclass(frozen=True)
class Readings:
    """Accuracies of one model after one seed, by number of labelled sentences.

    Args:
        frozen: Of a linear classifier on the means of q(z|x), the encoder as it is.
        tuned: With the encoder going on to learn too; nothing where there is none.
    """

    frozen: Sequence[LabelledAccuracy]
    tuned: Sequence[LabelledAccuracy] = ()


@dataclass(frozen=True)
class Repetition:
    """How many of the sentences that are tested occur in training.

    Args:
        seen: Those that do.
        tested: All of them.
    """

    seen: int
    tested: int


@dataclass(frozen=True)
class LabelProbes:
    """Measures models and remembers what was measured.

    Args:
        files: Paths of the labelled sentences by split; of no use where nothing is measured.
        folder: Where what is measured of words alone is kept; of a model, it is with its run.
        draws: How many sentences have a label, and how often they are drawn for the classifier on
            frozen features.
        tuned_repeats: How often for fine-tuning, which takes longer.
        measure: Whether to measure what is not there; else it is left out.
        device: Where models are used.
        watcher: Who is shown how it gets on.
    """

    files: Mapping[str, str]
    folder: Path
    draws: LabelDraws
    tuned_repeats: int
    measure: bool
    device: str
    watcher: Watcher

    def of_run(self, run: Run, seed: int) -> Readings | None:
        """Give the readings of the parameters that were best in validation, as the scripts do.

        Args:
            run: A finished run.
            seed: Its seed; also the source of the draws, so that all models have the same.

        Raises:
            UsageError: If they were measured otherwise and nothing is to be measured.
        """
        settings = {
            "draws": asdict(replace(self.draws, seed=seed)),
            "tuned_repeats": self.tuned_repeats,
            "fine_tuning": asdict(FineTuning(seed=seed)),
            "parameters": "best",
        }
        return self._kept(
            Kept(run.path / "accuracies.json", settings),
            lambda tell: self._read(run, seed, tell),
            tuned=True,
        )

    def of_words(self, run: Run, seed: int) -> Readings | None:
        """Give those of :data:`BAG_OF_WORDS`.

        Args:
            run: Any of the runs, for its sentences.
            seed: Source of the draws.

        Raises:
            UsageError: If they were measured otherwise and nothing is to be measured.
        """
        settings = {"draws": asdict(replace(self.draws, seed=seed)), **_text_of(run)}

        def hits(rows: Int64[ndarray, " labelled"]) -> Bool[ndarray, " tested"]:
            some = [self._sentences["train"][row] for row in rows]
            classifier = train_classifier(Corpus.from_sentences(some, run.vocabulary))
            test = run.corpora.test
            guesses = classifier.predict(test[k] for k in range(len(test)))
            right: ndarray = array(guesses) == array(test.labels)
            return right

        def read(tell: Callable[[int], None]) -> Readings:
            n, draws = len(self._sentences["train"]), replace(self.draws, seed=seed)
            return Readings(accuracies(hits, n, draws, unseen=self._unseen, progress=tell))

        file = self.folder / f"{BAG_OF_WORDS}-seed{seed}.json"
        return self._kept(Kept(file, settings), read, tuned=False)

    def repetition(self, run: Run) -> Repetition | None:
        """Say how many of the sentences that are tested occur in training.

        Args:
            run: Any of the runs, for its sentences.

        Raises:
            UsageError: If it was counted in another text and nothing is to be measured.
        """

        def count() -> dict[str, int]:
            return {"seen": int((~self._unseen).sum()), "tested": len(self._unseen)}

        measurement = Kept(self.folder / "repetition.json", _text_of(run))
        stored = measure_once(measurement, count if self.measure else None, self.watcher)
        return None if stored is None else Repetition(**stored)

    @cached_property
    def _unseen(self) -> Bool[ndarray, " tested"]:
        """Which test sentences do not occur in training."""
        train, test = (
            (sentence.text for sentence in self._sentences[split]) for split in ("train", "test")
        )
        return unseen_of(train, test)

    @cached_property
    def _sentences(self) -> dict[str, list[Sentence]]:
        return {split: list(read_sentences(self.files[split])) for split in ("train", "test")}

    def _read(self, run: Run, seed: int, tell: Callable[[int], None]) -> Readings:
        """Measure a run."""
        corpora, model = run.corpora, load(run.path, parameters="best", device=self.device).in_use
        for split, corpus in (("train", corpora.train), ("test", corpora.test)):
            if len(corpus) != len(self._sentences[split]):
                raise UsageError(f"{self.files[split]} has sentences that {run.path} left out")
        train, test = (
            encode_corpus(model, each).mean.numpy() for each in (corpora.train, corpora.test)
        )
        draws, unseen = replace(self.draws, seed=seed), self._unseen
        known, wanted = _labels(corpora.train), _labels(corpora.test)
        frozen = linear_probe(train, known, test, wanted, draws, unseen=unseen, progress=tell)
        done = len(frozen) * draws.repeats
        tuned = fine_tuned_accuracy(
            model,
            corpora.train,
            corpora.test,
            replace(draws, repeats=self.tuned_repeats),
            unseen=unseen,
            settings=FineTuning(seed=seed),
            progress=lambda more: tell(done + more),
        )
        return Readings(frozen, tuned)

    def _kept(
        self, measurement: Kept, read: Callable[[Callable[[int], None]], Readings], *, tuned: bool
    ) -> Readings | None:
        """Give what is on disk, or measure it and put it there."""

        def measure() -> dict[str, Any]:
            n = len(self.draws.numbers(len(self._sentences["train"])))
            total = n * (self.draws.repeats + (self.tuned_repeats if tuned else 0))
            name = measurement.file.parent.name if tuned else BAG_OF_WORDS
            with self.watcher.bar(f"learning labels: {name}", total) as tell:
                found = read(tell)
            return {way: _plain(getattr(found, way)) for way in ("frozen", "tuned")}

        stored = measure_once(measurement, measure if self.measure else None, self.watcher)
        if stored is None:
            return None
        return Readings(*(_read_back(stored[way]) for way in ("frozen", "tuned")))


def _text_of(run: Run) -> dict[str, Any]:
    """Tell the text that a run was trained on from others."""
    return {"corpus": run.results()["corpus"]["sha256"]}


def _labels(corpus: Corpus) -> list[str]:
    return [str(label) for label in corpus.labels or ()]


def _plain(found: Sequence[LabelledAccuracy]) -> list[dict[str, Any]]:
    return [
        {
            "labelled": each.labelled,
            "accuracy": each.accuracy.values,
            "accuracy_unseen": each.accuracy_unseen.values if each.accuracy_unseen else None,
        }
        for each in found
    ]


def _read_back(stored: Sequence[Mapping[str, Any]]) -> list[LabelledAccuracy]:
    return [
        LabelledAccuracy(
            each["labelled"], summarize(each["accuracy"]), _spread(each["accuracy_unseen"])
        )
        for each in stored
    ]


def _spread(values: Sequence[float] | None) -> Spread | None:
    return None if values is None else summarize(values)
