"""What the experiments on Penn Treebank share: the text, the settings, the columns."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ...config import Config, override
from ...measures import Spread, summarize
from ...recipes import load_recipe
from ..reproducing import PTB, Request, TextRuns, part_of_text, require_files

__all__ = ["COLUMNS", "as_the_code", "as_the_paper", "figures_of", "text_files"]

COLUMNS = {
    "rec": 2,
    "kl": 3,
    "elbo": 2,
    "ppl": 2,
    "nll": 2,
    "information": 2,
    "active_units": 1,
    "time": 1,
}
"""Figures of the test split in nats per sentence, with the digits shown; time is that of an epoch,
as a multiple of another setting's."""

_MEASURED = ("rec", "kl", "elbo", "ppl", "active_units")
"""Those that ``results.json`` has for both the last and the best parameters."""

_QUICK_LINES = {"train": 2_000, "valid": 400, "test": 400}

_QUICK = {
    "data.max_vocabulary": 2_000,
    "model.latent_size": 16,
    "model.encoder.embedding_size": 64,
    "model.encoder.hidden_size": 64,
    "model.decoder.embedding_size": 64,
    "model.decoder.hidden_size": 64,
    "training.epochs": 20,
}
"""A model and a run that are over within a minute; two of the code's cycles of 10 epochs."""


def as_the_paper(request: Request, changes: Mapping[str, Any] | None = None) -> Config:
    """Give the setting that the text of the paper describes, with some changes."""
    return _setting("fu2019-ptb", request, changes)


def as_the_code(request: Request, changes: Mapping[str, Any] | None = None) -> Config:
    """Give the setting of the published scripts, with some changes."""
    return _setting("fu2019-ptb-code", request, changes)


def _setting(recipe: str, request: Request, changes: Mapping[str, Any] | None) -> Config:
    quick = _QUICK if request.quick else {}
    return override(load_recipe(recipe).config, {**quick, **(changes or {})})


def text_files(request: Request) -> dict[str, str]:
    """Give the paths of the three splits, in short of their first sentences.

    There are none where nothing is trained.

    Raises:
        UsageError: If a file is missing or is another one.
    """
    if not request.train:
        return {}
    paths = require_files(PTB, request.data)
    files = {split: paths[f"ptb/{split}.txt"] for split in _QUICK_LINES}
    if request.quick:
        folder = request.out / "first-sentences"
        files = {
            split: part_of_text(path, folder, partial(_first, _QUICK_LINES[split]))
            for split, path in files.items()
        }
    return {split: str(path.resolve()) for split, path in files.items()}


def _first(most: int, lines: int) -> range:
    return range(min(most, lines))


def figures_of(
    found: TextRuns,
    cell: str,
    nll: Mapping[str, Mapping[int, float]],
    *,
    which: str = "last",
    timed: str | None = None,
) -> dict[str, Spread]:
    """Summarise the columns over the seeds of a cell; nothing where no run has ended.

    Args:
        found: The runs.
        cell: The setting.
        nll: -log p(x) by cell and seed, for the last parameters.
        which: ``"last"`` or ``"best"`` parameters; of these only what ``results.json`` has.
        timed: The setting whose epoch is the unit of time; both ran one at a time or alike.
    """
    if which == "best":
        return replace(found, which="best").spreads(cell, _MEASURED)
    spreads = found.spreads(cell, _MEASURED)
    more = {
        "nll": list(nll.get(cell, {}).values()),
        "information": informations(found, cell),
        "time": [] if timed is None else times(found, cell, timed),
    }
    return spreads | {name: summarize(values) for name, values in more.items() if values}


def times(found: TextRuns, cell: str, unit: str) -> Sequence[float]:
    """Give the time of an epoch as a multiple of another setting's, seed by seed."""
    own, other = (_seconds_per_epoch(found, name) for name in (cell, unit))
    return [own[seed] / other[seed] for seed in sorted(own.keys() & other.keys())]


def _seconds_per_epoch(found: TextRuns, cell: str) -> dict[int, float]:
    training = {seed: run.results()["training"] for seed, run in found.runs[cell].items()}
    return {seed: facts["seconds"] / facts["epochs"] for seed, facts in training.items()}


def informations(found: TextRuns, cell: str) -> Sequence[float]:
    """Give what z tells about the sentence in nats, as the diagnosis of every run estimates it."""
    judged = (run.results()["diagnosis"] for run in found.runs[cell].values())
    return [each["figures"]["information"]["value"] for each in judged if each is not None]
