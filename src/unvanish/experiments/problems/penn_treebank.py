"""What the experiments on Penn Treebank share: the text, the settings, the columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from ...config import Config, override
from ...recipes import load_recipe
from ..corpora import PTB, require_files
from ..judging import BySeed
from ..reproducing import Request, TextRuns, part_of_text

__all__ = ["COLUMNS", "TreebankRuns", "as_the_code", "as_the_paper", "text_files"]

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


@dataclass(frozen=True)
class TreebankRuns(BySeed):
    """Runs on Penn Treebank, of which all of :data:`COLUMNS` can be asked.

    Figures are of the last epoch. Under names that end in "-best" they are of the best, of which
    there are only those of ``results.json``.

    Args:
        found: The runs.
        nll: -log p(x) by cell and seed.
        units: For each cell the one whose epoch is its unit of time, where times are compared;
            both ran one at a time or alike.
    """

    found: TextRuns
    nll: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def values(self, cell: str, figure: str) -> dict[int, float]:
        """See :meth:`BySeed.values`."""
        name = cell.removesuffix("-best")
        if figure in ("nll", "information", "time"):
            return self._of_last(cell, figure) if name == cell else {}
        which: Literal["last", "best"] = "last" if name == cell else "best"
        return replace(self.found, which=which).values(name, figure)

    def _of_last(self, cell: str, figure: str) -> dict[int, float]:
        """Give what is known of the last parameters alone."""
        if figure == "nll":
            return dict(self.nll.get(cell, {}))
        if figure == "information":
            return self._informations(cell)
        return self._times(cell, self.units[cell]) if cell in self.units else {}

    def _informations(self, cell: str) -> dict[int, float]:
        """Give what z tells about the sentence in nats, as the diagnosis estimates it."""
        judged = {seed: run.results()["diagnosis"] for seed, run in self.found.runs[cell].items()}
        return {
            seed: each["figures"]["information"]["value"]
            for seed, each in judged.items()
            if each is not None
        }

    def _times(self, cell: str, unit: str) -> dict[int, float]:
        """Give the time of an epoch as a multiple of another cell's."""
        own, other = (self._seconds_per_epoch(name) for name in (cell, unit))
        return {seed: own[seed] / other[seed] for seed in sorted(own.keys() & other.keys())}

    def _seconds_per_epoch(self, cell: str) -> dict[int, float]:
        runs = self.found.runs[cell].items()
        training = {seed: run.results()["training"] for seed, run in runs}
        return {seed: facts["seconds"] / facts["epochs"] for seed, facts in training.items()}
