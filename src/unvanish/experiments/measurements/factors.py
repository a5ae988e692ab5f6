"""What a linear classifier reads out of z about synthetic sentences: topic, mood, tense, number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...data import Corpus, SyntheticText
from ...data.synthetic import FACTORS
from ...evaluation import LabelDraws, linear_probe
from ...measures import Spread, summarize
from ...runs import Run
from ..reproducing import Measurement

__all__ = ["COLUMNS", "FactorProbe", "FactorProbes"]

COLUMNS = dict.fromkeys(FACTORS, 2)
"""Shares of the test sentences of which each factor is found, with the digits shown."""


@dataclass(frozen=True)
class FactorProbes:
    """How well the factors are found in every run.

    Args:
        found: By schedule and seed, then by factor; runs that were not probed are absent.
    """

    found: Mapping[str, Mapping[int, Mapping[str, float]]]

    def spreads(self, schedule: str) -> dict[str, Spread]:
        """Summarise every factor over the seeds of a schedule; nothing where none was probed."""
        runs = list(self.found.get(schedule, {}).values())
        return {name: summarize([run[name] for run in runs]) for name in FACTORS} if runs else {}


@dataclass(frozen=True)
class FactorProbe(Measurement[Run, dict[str, float]]):
    """Learns each factor from the means of q(z|x) of some sentences.

    Guessing finds a topic in 1 of 8 sentences, a tense in 1 of 3, mood and number in half of them.

    Args:
        labelled: Sentences that the classifier learns from, or all where there are fewer.
        repeats: How often they are drawn.
        seed: Source of the draws, the same for all runs.
    """

    file = "factors.json"

    labelled: int = 500
    repeats: int = 3
    seed: int = 0

    def settings(self, run: Run) -> dict[str, Any]:
        """See :meth:`Measurement.settings`."""
        return asdict(self)

    def measure(self, run: Run, progress: Callable[[int], None]) -> dict[str, float]:
        """Give the share of test sentences of which each factor is found."""
        train, test = run.corpora.train, run.corpora.test
        learnt, tested = (_factors(corpus) for corpus in (train, test))
        features, test_features = (run.posteriors(corpus).mean.numpy() for corpus in (train, test))
        draws = LabelDraws((min(self.labelled, len(train)),), repeats=self.repeats, seed=self.seed)
        found = {}
        for place, name in enumerate(FACTORS):
            known, wanted = ([values[place] for values in each] for each in (learnt, tested))
            (accuracy,) = linear_probe(features, known, test_features, wanted, draws)
            found[name] = accuracy.accuracy.mean
        return found

    def read(self, values: Mapping[str, Any]) -> dict[str, float]:
        """See :meth:`Measurement.read`."""
        return dict(values)


def _factors(corpus: Corpus) -> Sequence[tuple[str, ...]]:
    """Read what every sentence says off its words."""
    grammar = SyntheticText()
    return [
        grammar.factors(" ".join(corpus.vocabulary.decode(corpus[k]))) for k in range(len(corpus))
    ]
