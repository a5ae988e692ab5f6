"""What a linear classifier reads out of z about synthetic sentences: topic, mood, tense, number."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...data import Corpus, SyntheticText
from ...data.synthetic import FACTORS
from ...evaluation import LabelDraws, linear_probe
from ...measures import Spread, summarize
from ...runs import Run
from ..reproducing import Request, TextRuns, Watcher, measure_runs_once

__all__ = ["COLUMNS", "FactorProbes", "probe_factors"]

COLUMNS = dict.fromkeys(FACTORS, 2)
"""Shares of the test sentences of which each factor is found, with the digits shown."""

_LABELLED = 500
"""Sentences that the classifier learns from."""

_REPEATS = 3
"""How often they are drawn."""

_SEED = 0
"""Source of the draws, the same for all runs."""


@dataclass(frozen=True)
class FactorProbes:
    """How well the factors are found in every run.

    Args:
        found: By schedule and seed, then by factor.
    """

    found: dict[str, dict[int, dict[str, float]]]

    def spreads(self, schedule: str) -> dict[str, Spread]:
        """Summarise every factor over the seeds of a schedule; nothing where none was probed."""
        runs = list(self.found.get(schedule, {}).values())
        return {name: summarize([run[name] for run in runs]) for name in FACTORS} if runs else {}


def probe_factors(runs: TextRuns, request: Request, watcher: Watcher) -> FactorProbes:
    """Learn each factor from the means of q(z|x) of some sentences, in every run.

    What was measured is kept with the run. Guessing finds a topic in 1 of 8 sentences, a tense in
    1 of 3, mood and number in half of them.

    Args:
        runs: Runs on the synthetic text.
        request: If nothing is to be trained, only what is known is given.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If what is known was measured otherwise and nothing is to be trained.
    """
    return FactorProbes(
        measure_runs_once(
            runs,
            "factors.json",
            {"labelled": _LABELLED, "repeats": _REPEATS, "seed": _SEED},
            lambda run, progress: _probed(run),
            request,
            watcher,
            title="probes",
        )
    )


def _probed(run: Run) -> dict[str, float]:
    """Give the share of test sentences of which each factor is found."""
    train, test = run.corpora.train, run.corpora.test
    learnt, tested = (_factors(corpus) for corpus in (train, test))
    features, test_features = (run.posteriors(corpus).mean.numpy() for corpus in (train, test))
    found = {}
    for place, name in enumerate(FACTORS):
        (accuracy,) = linear_probe(
            features,
            [values[place] for values in learnt],
            test_features,
            [values[place] for values in tested],
            LabelDraws((min(_LABELLED, len(train)),), repeats=_REPEATS, seed=_SEED),
        )
        found[name] = accuracy.accuracy.mean
    return found


def _factors(corpus: Corpus) -> Sequence[tuple[str, ...]]:
    """Read what every sentence says off its words."""
    grammar = SyntheticText()
    return [
        grammar.factors(" ".join(corpus.vocabulary.decode(corpus[k]))) for k in range(len(corpus))
    ]
