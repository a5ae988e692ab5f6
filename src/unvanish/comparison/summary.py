"""What a comparison found: means over seeds, and differences with their noise."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy import ndarray

from ..measures import Spread, bootstrap_interval, crossed_mean, holm, summarize
from ..runs import Run
from .one_text import require_one_text

__all__ = ["Difference", "Row", "Summary", "summarize_runs"]

FIGURES = ("rec", "kl", "elbo", "ppl", "active_units")
"""What is averaged over seeds."""

COMPARED = ("rec", "kl", "elbo")
"""What is compared sentence by sentence."""

LEVEL = 0.05
"""Probability with which any verdict of a comparison may be one that chance gave."""


@dataclass(frozen=True)
class Row:
    """The figures of one schedule on the test split.

    Args:
        schedule: Its name.
        seeds: The seeds whose runs have ended.
        figures: Mean and spread over seeds by figure, for the last parameters.
        best: The same for the parameters with the best validation elbo.
        verdicts: How many of the runs got each verdict on their latent variable.
    """

    schedule: str
    seeds: tuple[int, ...]
    figures: Mapping[str, Spread]
    best: Mapping[str, Spread]
    verdicts: Mapping[str, int]


@dataclass(frozen=True)
class Difference:
    """How much more one schedule has of a figure than another, in nats per sentence.

    Args:
        first: A schedule.
        second: Another.
        figure: What is compared: rec, kl or elbo of the last parameters on the test split.
        mean: Mean of first - second over sentences and the seeds that both have.
        sentences: 95 % paired bootstrap interval over sentences: what other text of the same
            kind would give with these very parameters.
        seeds: 95 % interval over seeds by Student's t: what other seeds would give on this
            text; ``None`` with one seed.
        both: 95 % interval for other seeds and other text at once, of
            :class:`unvanish.measures.CrossedMean`; ``None`` with one seed or one sentence.
        p_value: How often chance alone would stray as far, two-sided, for other seeds and other
            text at once; ``None`` where there is no such interval.
        adjusted_p_value: The same adjusted for the number of differences that are judged together
            (:func:`unvanish.measures.holm`).
    """

    first: str
    second: str
    figure: str
    mean: float
    sentences: tuple[float, float]
    seeds: tuple[float, float] | None
    both: tuple[float, float] | None
    p_value: float | None
    adjusted_p_value: float | None = None

    @property
    def is_established(self) -> bool:
        """Whether it is no chance among the others, and all of its own intervals leave out 0.

        One seed alone establishes nothing.
        """
        if self.adjusted_p_value is None or self.adjusted_p_value > LEVEL:
            return False
        intervals = (self.sentences, self.seeds, self.both)
        return all(i is not None and (i[0] > 0 or i[1] < 0) for i in intervals)

    @property
    def verdict(self) -> str:
        """The difference in words."""
        if self.seeds is None:
            return "one seed: not known"
        if not self.is_established:
            return "not established"
        return "higher" if self.mean > 0 else "lower"


@dataclass(frozen=True)
class Summary:
    """A comparison in numbers.

    Args:
        rows: One a schedule, in the order of the plan.
        differences: Every pair of schedules and figure. Their intervals are each for itself, their
            verdicts adjusted for their number: with a probability of at most 0.05 is any of them
            called higher or lower that is neither.
    """

    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]

    def to_dict(self) -> dict[str, Any]:
        """Write the summary as plain values for JSON."""
        differences = [
            asdict(difference) | {"verdict": difference.verdict} for difference in self.differences
        ]
        return {"split": "test", "rows": [asdict(row) for row in self.rows]} | {
            "differences": differences
        }


def summarize_runs(runs: Mapping[str, Mapping[int, Run]]) -> Summary:
    """Compare finished runs.

    Args:
        runs: By schedule and seed; all of one corpus.

    Raises:
        UsageError: If a run is of another corpus than the first.
    """
    ended = {schedule: seeds for schedule, seeds in runs.items() if seeds}
    require_one_text(run for seeds in ended.values() for run in seeds.values())
    rows = [_row(schedule, seeds) for schedule, seeds in ended.items()]
    arrays = {
        schedule: {seed: _sentences(run) for seed, run in seeds.items()}
        for schedule, seeds in ended.items()
    }
    differences = [
        _difference((first, second), figure, arrays[first], arrays[second])
        for second, first in itertools.combinations(arrays, 2)
        if arrays[first].keys() & arrays[second].keys()
        for figure in COMPARED
    ]
    return Summary(tuple(rows), tuple(_adjusted(differences)))


def _row(schedule: str, runs: Mapping[int, Run]) -> Row:
    results = [runs[seed].results() for seed in sorted(runs)]
    tests = [entry["splits"]["test"] for entry in results]
    verdicts = Counter(entry["diagnosis"]["verdict"] for entry in results if entry.get("diagnosis"))

    def spreads(which: str) -> dict[str, Spread]:
        return {name: summarize([test[which][name] for test in tests]) for name in FIGURES}

    return Row(schedule, tuple(sorted(runs)), spreads("last"), spreads("best"), dict(verdicts))


def _sentences(run: Run) -> dict[str, ndarray]:
    """Read rec, kl and elbo of every test sentence."""
    with np.load(run.path / "sentences-test.npz") as stored:
        rec, kl = stored["rec"], stored["kl"]
    return {"rec": rec, "kl": kl, "elbo": -(rec + kl)}


def _difference(
    pair: tuple[str, str],
    figure: str,
    first: Mapping[int, Mapping[str, ndarray]],
    second: Mapping[int, Mapping[str, ndarray]],
) -> Difference:
    """Compare sentence by sentence and seed by seed."""
    both = sorted(first.keys() & second.keys())
    table = np.stack([first[seed][figure] - second[seed][figure] for seed in both])
    crossed = crossed_mean(table) if min(table.shape) > 1 else None
    return Difference(
        *pair,
        figure,
        mean=float(table.mean()),
        sentences=bootstrap_interval(table.mean(axis=0)),
        seeds=summarize(table.mean(axis=1).tolist()).interval,
        both=None if crossed is None else crossed.interval,
        p_value=None if crossed is None else crossed.p_value,
    )


def _adjusted(differences: Sequence[Difference]) -> list[Difference]:
    """Adjust the p-values of all that have one for their number."""
    found = iter(holm([each.p_value for each in differences if each.p_value is not None]))
    return [
        each if each.p_value is None else replace(each, adjusted_p_value=next(found))
        for each in differences
    ]
