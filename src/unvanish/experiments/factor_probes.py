"""What a linear classifier reads out of z about synthetic sentences: topic, mood, tense, number."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..data import Corpus, SyntheticText
from ..data.synthetic import FACTORS
from ..evaluation import LabelDraws, linear_probe
from ..measures import Spread, summarize
from ..runs import Run, read_json, write_json
from .reproducing import Request, TextRuns, Watcher

__all__ = ["COLUMNS", "FactorProbes", "probe_factors"]

COLUMNS = dict.fromkeys(FACTORS, 2)
"""Shares of the test sentences of which each factor is found, with the digits shown."""

_LABELLED = 500
"""Sentences that the classifier learns from."""

_REPEATS = 3
"""How often they are drawn."""


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
    """
    every = [run for seeds in runs.runs.values() for run in seeds.values()]
    left = [run for run in every if not _file(run).is_file()]
    if left and request.train:
        with watcher.bar(f"probes of {len(left)} runs", len(left)) as progress:
            for k, run in enumerate(left):
                write_json(_file(run), _probed(run))
                progress(k + 1)
    return FactorProbes(
        {
            name: {
                seed: read_json(_file(run), "no probes")
                for seed, run in seeds.items()
                if _file(run).is_file()
            }
            for name, seeds in runs.runs.items()
        }
    )


def _file(run: Run) -> Path:
    return run.path / "factors.json"


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
            LabelDraws(counts=(min(_LABELLED, len(train)),), repeats=_REPEATS),
        )
        found[name] = accuracy.accuracy.mean
    return found


def _factors(corpus: Corpus) -> Sequence[tuple[str, ...]]:
    """Read what every sentence says off its words."""
    grammar = SyntheticText()
    return [
        grammar.factors(" ".join(corpus.vocabulary.decode(corpus[k]))) for k in range(len(corpus))
    ]
