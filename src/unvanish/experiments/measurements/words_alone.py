"""What every model is to be better than: labels from words alone; kept beside the runs."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from jaxtyping import Bool, Int64
from numpy import array, ndarray

from ...config import DataConfig
from ...data import Corpus, read_corpora
from ...evaluation import LabelDraws
from ...evaluation.linear_probe import accuracies
from ...generation import train_classifier
from ...runs import Run
from ..reproducing import Kept, Watcher, measure_once
from .labelled_text import LabelledText
from .readings import Readings

__all__ = ["BAG_OF_WORDS", "Repetition", "WordsAlone"]

BAG_OF_WORDS = "bag-of-words"
"""Logistic regression on words, without any model."""


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
class WordsAlone:
    """Measures what can be found without a model, and remembers it.

    Args:
        files: Paths of the labelled sentences by split; of no use where nothing is measured.
        folder: Where what is measured is kept.
        draws: How many sentences have a label, and how often they are drawn.
        measure: Whether to measure what is not there; else it is left out.
        watcher: Who is shown how it gets on.
    """

    files: Mapping[str, str]
    folder: Path
    draws: LabelDraws
    measure: bool
    watcher: Watcher

    def readings(self, run: Run, seed: int) -> Readings | None:
        """Give the accuracies of :data:`BAG_OF_WORDS`.

        Args:
            run: Any of the runs, for how text is read and which it was.
            seed: Source of the draws.

        Raises:
            UsageError: If they were measured otherwise and nothing is to be measured.
        """
        draws = replace(self.draws, seed=seed)

        def read() -> dict[str, Any]:
            sizes = len(self._text.sentences["train"]), len(self._text.unseen)
            total = len(draws.numbers(sizes[0])) * draws.repeats
            with self.watcher.bar(f"learning labels: {BAG_OF_WORDS}", total) as tell:
                hits = self._hits(run.config.data)
                found = accuracies(hits, sizes, draws, unseen=self._text.unseen, progress=tell)
            return Readings(found).as_plain()

        file, settings = f"{BAG_OF_WORDS}-seed{seed}.json", {"draws": asdict(draws)}
        stored = self._kept(file, settings, run, read)
        return None if stored is None else Readings.from_plain(stored)

    def repetition(self, run: Run) -> Repetition | None:
        """Say how many of the sentences that are tested occur in training.

        Args:
            run: Any of the runs, for which text it was.

        Raises:
            UsageError: If it was counted in another text and nothing is to be measured.
        """

        def count() -> dict[str, int]:
            return {"seen": int((~self._text.unseen).sum()), "tested": len(self._text.unseen)}

        stored = self._kept("repetition.json", {}, run, count)
        return None if stored is None else Repetition(**stored)

    @cached_property
    def _text(self) -> LabelledText:
        return LabelledText(self.files)

    def _hits(
        self, settings: DataConfig
    ) -> Callable[[Int64[ndarray, " labelled"]], Bool[ndarray, " tested"]]:
        """Give what learns from some rows, and says of which test sentences it finds the label."""
        corpora = read_corpora(settings, self.files)
        self._text.require_whole(corpora)
        test = corpora.test
        wanted = array(test.labels)

        def hits(rows: Int64[ndarray, " labelled"]) -> Bool[ndarray, " tested"]:
            some = [self._text.sentences["train"][row] for row in rows]
            corpus = Corpus.from_sentences(
                some,
                corpora.vocabulary,
                tokens=corpora.tokens,
                max_words=settings.max_words,
                too_long=settings.too_long,
            )
            classifier = train_classifier(corpus)
            right: ndarray = array(classifier.predict(test[k] for k in range(len(test)))) == wanted
            return right

        return hits

    def _kept(
        self, file: str, settings: Mapping[str, Any], run: Run, read: Callable[[], dict[str, Any]]
    ) -> dict[str, Any] | None:
        """Give what is on disk of the text of a run, or measure it and put it there."""
        text = {"corpus": run.results()["corpus"]["sha256"]}
        kept = Kept(self.folder / file, {**settings, **text})
        return measure_once(kept, read if self.measure else None, self.watcher)
