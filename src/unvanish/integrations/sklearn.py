"""Sentences to latent vectors, as a transformer of scikit-learn."""

from __future__ import annotations

import operator
import tempfile
import warnings
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy import ndarray
from sklearn.base import (  # type: ignore[import-untyped]
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
from sklearn.utils import Tags, check_random_state  # type: ignore[import-untyped]
from sklearn.utils.validation import check_is_fitted  # type: ignore[import-untyped]

from ..config import Config, UsageError, override
from ..data import Corpora, read_corpora
from ..generation import given_sentences
from ..generation.given import listed_sentences
from ..models import encode_corpus
from ..recipes import load_recipe
from ..runs import Run, load
from ..runs.latent import require_latent
from ..training import train

__all__ = ["TextVAEFeatures"]

_TOLD = {"collapsed", "paper-only", "unfinished"}
"""Verdicts with which vectors tell next to nothing of their sentences, or do not do so yet."""


class TextVAEFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Train a text VAE on sentences without labels, and give the mean of q(z|x) of any sentence.

    A fitted one holds its model: it can be pickled and needs no folder. To use a model in a
    search or a cross-validation that is not to train it again each time, wrap it in
    :class:`sklearn.frozen.FrozenEstimator`.

    Args:
        config: Every setting, as ``unvanish.config.override`` makes them; ``None`` takes the
            defaults.
        recipe: A whole setting by name, instead of ``config``.
        epochs: Passes over the sentences, where it is not to be as the settings say.
        random_state: The seed, a generator to draw it from, or ``None`` for that of the settings.
        out: A folder for the run, which must not be there yet; ``None`` keeps none.
        device: Where the model is trained and used: ``"cpu"``, ``"cuda"``, ``"auto"``, ...

    Attributes:
        model_: The model after the last epoch.
        vocabulary_: Its words.
        tokens_: How sentences are cut into them.
        config_: Every setting of the run.
        results_: What :meth:`fit` measured, as in a run's ``results.json``.

    Example:
        >>> import warnings
        >>> from unvanish.config import Config
        >>> sizes = {f"model.{part}.hidden_size": 4 for part in ("encoder", "decoder")}
        >>> config = override(
        ...     Config(), {**sizes, "model.latent_size": 2, "objective.beta": "fu2019"}
        ... )
        >>> texts = [f"the {animal} sleeps" for animal in ("cat", "dog", "hen", "fox")] * 5
        >>> with warnings.catch_warnings(record=True, action="always") as caught:
        ...     features = TextVAEFeatures(config, epochs=4).fit(texts)  # so little is not enough
        >>> print(caught[-1].message)
        the latent variable is unfinished: training has not come to where it can be judged; ...
        >>> features.transform(["the cat sleeps", "a word never seen"]).shape
        (2, 2)
        >>> features.get_feature_names_out().tolist()
        ['textvaefeatures0', 'textvaefeatures1']
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        recipe: str | None = None,
        epochs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        out: str | PathLike[str] | None = None,
        device: str = "cpu",
    ) -> None:
        self.config = config
        self.recipe = recipe
        self.epochs = epochs
        self.random_state = random_state
        self.out = out
        self.device = device

    @classmethod
    def from_run(
        cls, path: str | PathLike[str], *, parameters: str = "last", device: str = "cpu"
    ) -> Self:
        """Open a run that was trained before.

        Args:
            path: Its folder.
            parameters: Those to use: ``"last"``, ``"best"`` or ``"cycle-N"``.
            device: Where the model is to be.

        Raises:
            UsageError: If it is no run, or has no such parameters, or is a language model.
        """
        run = load(Path(path), parameters=parameters, device=device)
        return cls(run.config, device=device)._of_run(run)

    def fit(self, X: Iterable[str], y: Any = None) -> Self:  # noqa: N803
        """Train on sentences, of which a tenth is set aside to validate and another to test.

        Args:
            X: Sentences; blank and too long ones are left out.
            y: Not used.

        Raises:
            UsageError: If they are no sentences, too few, or a setting is not possible.

        Warns:
            ConvergenceWarning: If the vectors tell next to nothing of their sentences (the latent
                variable is collapsed, or alive on paper only), or training is unfinished.
        """
        config = self._settings()
        return self._train(config, read_corpora(config.data, {"train": _texts(X)}))

    def fit_transform(self, X: Iterable[str], y: Any = None) -> ndarray:  # noqa: N803
        """Train on sentences and give the vectors of all of them.

        Args:
            X: Sentences, none of them blank.
            y: Not used.

        Raises:
            UsageError: As for ``fit`` and ``transform``, before anything is trained.
        """
        texts, config = _texts(X), self._settings()
        corpora = read_corpora(config.data, {"train": texts})
        given_sentences(texts, corpora.vocabulary, corpora.tokens)
        return self._train(config, corpora).transform(texts)

    def _train(self, config: Config, corpora: Corpora) -> Self:
        with tempfile.TemporaryDirectory() as folder, torch.random.fork_rng(devices=[]):
            out = Path(folder) / "run" if self.out is None else Path(self.out)
            run = train(config, corpora, out, device=self.device)
            self.results_ = run.results()
            self._of_run(run)
        found = self.results_.get("diagnosis") or {}
        if found.get("verdict") in _TOLD:
            warnings.warn(
                f"the latent variable is {found['verdict']}: {found['meaning']}; "
                "print(results_['diagnosis']['evidence']) says why",
                ConvergenceWarning,
                stacklevel=3,
            )
        return self

    def transform(self, X: Iterable[str]) -> ndarray:  # noqa: N803
        """Give the mean of q(z|x) of every sentence, ``(sentences, latent)`` in 32 bits.

        Args:
            X: Sentences, none of them blank; all are encoded, however long.

        Raises:
            UsageError: If they are no sentences, or one has no words.
        """
        check_is_fitted(self)
        corpus = given_sentences(_texts(X), self.vocabulary_, self.tokens_)
        mean: ndarray = encode_corpus(self.model_, corpus).mean.numpy()
        return mean

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags

    @property
    def _n_features_out(self) -> int:
        return int(self.config_.model.latent_size)

    def _settings(self) -> Config:
        """Put the arguments together."""
        if not isinstance(self.config, Config | None):
            raise UsageError(
                f"config is a {type(self.config).__name__}: give what "
                "unvanish.config.override(Config(), {...}) makes"
            )
        if self.recipe is not None and self.config is not None:
            raise UsageError("config and recipe are both given: leave one out")
        config = self.config if self.recipe is None else load_recipe(self.recipe).config
        changes: dict[str, Any] = {}
        if self.epochs is not None:
            changes["training.epochs"] = _whole(self.epochs)
        if isinstance(self.random_state, int | np.integer):
            changes["seed"] = int(self.random_state)
        elif self.random_state is not None:
            changes["seed"] = int(check_random_state(self.random_state).randint(2**31 - 1))
        config = override(config or Config(), changes)
        if config.model.is_language_model:
            raise UsageError("a language model has no latent vectors: give the settings of a VAE")
        return config

    def _of_run(self, run: Run) -> Self:
        """Take from a run what is needed to encode."""
        require_latent(run)
        self.model_, self.vocabulary_, self.tokens_ = run.in_use, run.vocabulary, run.tokens
        self.config_ = run.config
        return self


def _whole(number: Any) -> Any:
    """Take a whole number of any library as Python's; others are refused by the settings."""
    try:
        return operator.index(number)
    except TypeError:
        return number


def _texts(given: Any) -> list[str]:
    """Take a list, an array or a column of strings.

    Raises:
        UsageError: If it is anything else.
    """
    texts = []
    for place, text in enumerate(listed_sentences(given), 1):
        if not isinstance(text, str):
            raise UsageError(f"sentence {place} is {text!r}: give strings")
        texts.append(str(text))
    return texts
