"""What the experiment on Yelp sentences trains: the text and the settings."""

from functools import partial
from typing import Any

from ...config import override
from ...measures import spread_rows
from ...recipes import load_recipe
from ..corpora import YELP, require_files
from ..reproducing import Cell, Request, part_of_text

__all__ = ["LABELS", "cells_of", "text_files"]

LABELS = {
    "autoencoder": "AE",
    "vae-monotonic": "VAE, monotonic",
    "vae-cyclical": "VAE, cyclical",
    "vae-cyclical-constant-rate": "VAE, cyclical, constant learning rate",
}
"""The models by the names of their settings."""

_CONSTANT = {"optimizer.schedule": "constant"}

_CHANGES: dict[str, dict[str, Any]] = {
    "autoencoder": {
        **_CONSTANT,
        "model.posterior.kind": "point",
        "objective.beta": "constant",
    },
    "vae-monotonic": {**_CONSTANT, "objective.beta": "fu2019-yelp-code-monotonic"},
    "vae-cyclical": {},
    "vae-cyclical-constant-rate": _CONSTANT,
}

_SPLITS = {"train": "yelp/train.tsv", "valid": "yelp/dev.tsv", "test": "yelp/test.tsv"}

_QUICK_LINES = {"train": 4_000, "valid": 600, "test": 1_000}

_QUICK: dict[str, Any] = {
    "data.min_count": 2,
    "model.latent_size": 32,
    "model.encoder.embedding_size": 64,
    "model.encoder.filters": [48, 64, 96],
    "model.decoder.embedding_size": 64,
    "model.decoder.hidden_size": 64,
    "model.initial_range": 0.25,
    "optimizer.learning_rate": 1e-3,
    "training.epochs": 20,
}
"""A model and a run that are over within minutes; two of the code's cycles of 10 epochs. Filters
so few need a wider start for a sentence to show at the end of the encoder, and with larger steps
the tanh there saturates: then all sentences have one code, that of an autoencoder too."""


def cells_of(request: Request) -> list[Cell]:
    """Give the settings of all models: those of the published scripts.

    Args:
        request: Whether it is to be quick.
    """
    quick = _QUICK if request.quick else {}
    recipe = load_recipe("fu2019-yelp-code").config
    return [
        Cell(name, override(recipe, {**quick, **changes})) for name, changes in _CHANGES.items()
    ]


def text_files(request: Request) -> dict[str, str]:
    """Give the paths of the three splits; in short, of some of their sentences.

    There are none where nothing is trained.

    Args:
        request: Where they are.

    Raises:
        UsageError: If a file is missing or is another one.
    """
    if not request.train:
        return {}
    paths = require_files(YELP, request.data)
    files = {split: paths[place] for split, place in _SPLITS.items()}
    if request.quick:
        folder = request.out / "some-sentences"
        # from all over the text, in which labels come in blocks
        files = {
            split: part_of_text(path, folder, partial(spread_rows, most=_QUICK_LINES[split]))
            for split, path in files.items()
        }
    return {split: str(path.resolve()) for split, path in files.items()}
