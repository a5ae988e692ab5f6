"""Figures 6 and 9: what a few labels can read out of models trained without labels.

Section 6.3: an autoencoder and VAEs under monotonic and cyclical beta are trained on Yelp
sentences; a linear classifier then learns the sentiment from the latent vectors of some of them.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Literal, TypeAlias

from ..evaluation import LabelDraws
from ..measures import Spread, summarize
from .corpora import YELP
from .judging import Claim, Comparison, claim_of_spread, judge_comparisons, paired
from .measurements.codes import Codes
from .measurements.labels import LabelProbe
from .measurements.readings import Readings
from .measurements.words_alone import BAG_OF_WORDS, Repetition, WordsAlone
from .pictures.accuracies_and_codes import draw_accuracies, draw_codes
from .problems.yelp_sentences import LABELS, cells_of, text_files
from .reproducing import (
    Experiment,
    Extent,
    Findings,
    Request,
    ResultTable,
    TextRuns,
    Watcher,
    train_cells,
)

__all__ = ["OF_KL", "Pretraining", "claims_of_features"]

_DRAWS = LabelDraws(counts=(100, 500, 1_000, 2_000, 10_000), shares=(0.01, 0.1))
_QUICK_DRAWS = LabelDraws(counts=(100, 500, 2_000), shares=(0.1,))
_NAMES = {**LABELS, BAG_OF_WORDS: "words alone, no model"}
_LAID_OUT, _QUICK_LAID_OUT = 5_000, 500
_FIGURES = {"rec": 2, "kl": 2, "elbo": 2, "active_units": 1}

AllReadings: TypeAlias = Mapping[str, Mapping[int, Readings]]
Way: TypeAlias = Literal["frozen", "tuned"]


class Pretraining(Experiment):
    """Autoencoder and VAEs as what a classifier learns from."""

    name = "pretraining"
    title = "Yelp: learning sentiment from a few labels after training without them"
    source = "Section 6.3, Figures 6 and 9"
    files = YELP
    whole = Extent(3, "4 runs a seed, several hours each")
    quick = Extent(1, "9 minutes")

    def carry_out(self, request: Request, watcher: Watcher) -> Findings:
        """See :meth:`Experiment.carry_out`."""
        files, seeds = text_files(request), self.seeds_of(request)
        draws = _QUICK_DRAWS if request.quick else _DRAWS
        probe = LabelProbe(files, draws, tuned_repeats=1 if request.quick else 3)
        codes = Codes(_QUICK_LAID_OUT if request.quick else _LAID_OUT)
        found = train_cells(cells_of(request), seeds, files, request, watcher, (probe, codes))
        words = WordsAlone(files, request.out / "accuracies", draws, request.train, watcher)
        readings = {**found.measured(probe), BAG_OF_WORDS: _readings_of_words(found, words)}
        return Findings(
            [*claims_of_features(readings), *judge_comparisons([OF_KL], found)],
            [*_tables(readings), _losses(found)],
            [
                *draw_accuracies(readings, _NAMES),
                *draw_codes(found.measured(codes), LABELS, request.seed),
            ],
            found.results(),
            _remarks(_repetition(found, words)),
        )


def _readings_of_words(found: TextRuns, words: WordsAlone) -> dict[int, Readings]:
    """Measure words alone once a seed."""
    by_seed = {seed: run for runs in found.runs.values() for seed, run in runs.items()}
    read = {seed: words.readings(run, seed) for seed, run in by_seed.items()}
    return {seed: readings for seed, readings in read.items() if readings is not None}


def _repetition(found: TextRuns, words: WordsAlone) -> Repetition | None:
    """Count test sentences that occur in training, if there is any run to know the text by."""
    every = (run for runs in found.runs.values() for run in runs.values())
    run = next(every, None)
    return None if run is None else words.repetition(run)


def _values(
    readings: Mapping[int, Readings], way: Way, count: int, *, unseen: bool = False
) -> dict[int, float]:
    """Give the mean accuracy over draws, by seed."""
    found = {}
    for seed, read in readings.items():
        for each in getattr(read, way):
            spread = each.accuracy_unseen if unseen else each.accuracy
            if each.labelled == count and spread is not None:
                found[seed] = spread.mean
    return found


def _counts(readings: AllReadings, way: Way) -> list[int]:
    every = (read for seeds in readings.values() for read in seeds.values())
    return sorted({each.labelled for read in every for each in getattr(read, way)})


def _tables(readings: AllReadings) -> list[ResultTable]:
    """Give the accuracies by number of labelled sentences, frozen and fine-tuned."""
    what: dict[Way, str] = {"frozen": "encoder as it is", "tuned": "encoder learning too"}
    tables = []
    for unseen in (False, True):
        for way, title in what.items():
            counts = _counts(readings, way)
            rows = {
                name: _spreads(seeds, way, counts, unseen=unseen)
                for name, seeds in readings.items()
                if way == "frozen" or name != BAG_OF_WORDS
            }
            which = "those that do not occur in training" if unseen else "all"
            tables.append(
                ResultTable(
                    f"Share of test sentences ({which}) whose label is found, by number of "
                    f"labelled sentences; {title}",
                    {f"{count:,}": 3 for count in counts},
                    rows,
                    labels=_NAMES,
                    aside=unseen,
                )
            )
    return tables


def _spreads(
    seeds: Mapping[int, Readings], way: Way, counts: Sequence[int], *, unseen: bool
) -> dict[str, Spread]:
    values = {f"{count:,}": _values(seeds, way, count, unseen=unseen) for count in counts}
    return {name: summarize(list(each.values())) for name, each in values.items() if each}


def _losses(found: TextRuns) -> ResultTable:
    rows = {cell: found.spreads(cell, tuple(_FIGURES)) for cell in LABELS}
    return ResultTable(
        "Test split, last epoch (nats per sentence; an autoencoder has no KL and no bound)",
        _FIGURES,
        rows,
        labels=LABELS,
        aside=True,
    )


_PAIRS = {
    ("vae-cyclical", "vae-monotonic"): "monotonic beta",
    ("vae-cyclical", "autoencoder"): "an autoencoder",
    ("vae-cyclical-constant-rate", "vae-monotonic"): "monotonic beta, at one learning rate",
}
"""Which features are said to be better than which."""

OF_KL = Comparison(
    "Cyclical beta keeps more KL than monotonic",
    "Section 6.3",
    "vae-cyclical",
    "vae-monotonic",
    "kl",
    "higher",
)
"""What is said of the runs themselves."""


def claims_of_features(readings: AllReadings) -> list[Claim]:
    """Judge which features are better, in the mean over all numbers of labels.

    Args:
        readings: By model and seed.
    """
    compared = {name: readings[name] for pair in _PAIRS for name in pair}
    counts = _counts(compared, "frozen")
    told = ", ".join(f"{count:,}" for count in counts)
    return [
        claim_of_spread(
            f"Cyclical beta gives better features than {other}, in the mean over "
            f"{told or 'all numbers of'} labels (frozen encoder)",
            "Section 6.3, Figure 6",
            paired(*(_mean_values(readings[name], counts) for name in pair)),
            "accuracy",
        )
        for pair, other in _PAIRS.items()
    ]


def _mean_values(readings: Mapping[int, Readings], counts: Sequence[int]) -> dict[int, float]:
    """Give the mean accuracy over numbers of labels, of the seeds that have all of them."""
    by_count = [_values(readings, "frozen", count) for count in counts]
    seeds = sorted(set.intersection(*map(set, by_count))) if by_count else []
    return {seed: fmean(each[seed] for each in by_count) for seed in seeds}


def _remarks(repetition: Repetition | None) -> tuple[str, ...]:
    repeated = (
        ()
        if repetition is None
        else (
            f"{repetition.seen:,} of {repetition.tested:,} test sentences occur in training: some "
            "tables leave them out, as their titles say.",
        )
    )
    return (
        "The paper shows accuracies in Figure 6 without numbers. Its scripts keep the encoder as "
        "it is, although the text says that it is fine-tuned; here is both. Each accuracy is the "
        "mean over draws of the labelled sentences, the same for all models of a seed; the "
        "parameters are those of the best validation epoch.",
        *repeated,
        "In the scripts the learning rate of the cyclical runs falls and restarts with every "
        "cycle, and that of the others falls by 1 % every other epoch; here that of the others "
        "is constant. Their classifier (Adam, chosen by all validation labels) is "
        "unvanish.evaluation.published_probe; the one here is logistic regression.",
    )
