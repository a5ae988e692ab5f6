"""How well labels are found in z after learning from a few."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ...data import Corpus
from ...evaluation import FineTuning, LabelDraws, fine_tuned_accuracy, linear_probe
from ...models import encode_corpus
from ...runs import Run
from ..reproducing import Measurement
from .labelled_text import LabelledText
from .readings import Readings

__all__ = ["LabelProbe"]


@dataclass(frozen=True)
class LabelProbe(Measurement[Run, Readings]):
    """Learns labels from the parameters that were best in validation, as the scripts do.

    Draws depend on the run's seed, so all models of a seed have the same.

    Args:
        files: Paths of the labelled sentences by split; of no use where nothing is measured.
        draws: How many sentences have a label, and how often they are drawn for the classifier on
            frozen features.
        tuned_repeats: How often for fine-tuning, which takes longer.
        fine_tuning: How encoder and classifier learn together.
    """

    parameters = "best"
    file = "accuracies.json"

    files: Mapping[str, str]
    draws: LabelDraws
    tuned_repeats: int
    fine_tuning: FineTuning = field(default_factory=FineTuning)

    @property
    def steps(self) -> int:
        """Classifiers that are learnt."""
        numbers = len(self.draws.counts) + len(self.draws.shares)
        return numbers * (self.draws.repeats + self.tuned_repeats)

    def settings(self, run: Run) -> dict[str, Any]:
        """See :meth:`Measurement.settings`."""
        return {
            "draws": asdict(replace(self.draws, seed=run.config.seed)),
            "tuned_repeats": self.tuned_repeats,
            "fine_tuning": asdict(replace(self.fine_tuning, seed=run.config.seed)),
            "parameters": self.parameters,
        }

    def measure(self, run: Run, progress: Callable[[int], None]) -> dict[str, Any]:
        """See :meth:`Measurement.measure`."""
        text, seed = LabelledText(self.files), run.config.seed
        text.require_whole(run.corpora)
        train, test = run.corpora.train, run.corpora.test
        model = run.model("best")
        known, tested = (encode_corpus(model, each).mean.numpy() for each in (train, test))
        draws, unseen = replace(self.draws, seed=seed), text.unseen
        frozen = linear_probe(
            known, _labels(train), tested, _labels(test), draws, unseen=unseen, progress=progress
        )
        done = len(frozen) * draws.repeats
        tuned = fine_tuned_accuracy(
            model,
            train,
            test,
            replace(draws, repeats=self.tuned_repeats),
            unseen=unseen,
            settings=replace(self.fine_tuning, seed=seed),
            progress=lambda more: progress(done + more),
        )
        return Readings(frozen, tuned).as_plain()

    def read(self, values: Mapping[str, Any]) -> Readings:
        """See :meth:`Measurement.read`."""
        return Readings.from_plain(values)


def _labels(corpus: Corpus) -> list[str]:
    return [str(label) for label in corpus.labels or ()]
