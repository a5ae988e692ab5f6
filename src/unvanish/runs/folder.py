"""A run: the folder on disk that training writes and everything afterwards opens.

::

    config.json           every setting, with the format's version
    origin.json           the corpus, and the run it started from
    vocabulary.json       the words
    tokenizer.json        how text is cut into them, where a tokenizers file was given
    metrics.jsonl         one line every few steps and one an epoch
    model.safetensors     parameters after the last finished epoch
    checkpoints/          best.safetensors: parameters with the best validation elbo;
                          cycle-N.safetensors: those at the end of every cycle of beta;
                          step-N.safetensors: the whole state, to go on from
    results.json          what was measured
    sentences-SPLIT.npz   rec and kl of every sentence, for paired comparisons
    latent/               posterior means of some validation sentences after every epoch
"""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy import ndarray

from ..config import Config, UsageError, from_dict, to_dict
from ..data import WHITESPACE, Tokens, Vocabulary, restore_tokens, store_tokens
from ..evaluation import Evaluation
from ..measures import spread_rows
from ..models import TextVAE
from ..whole_files import whole_file
from .files import whole_folder
from .record import FORMAT, RecordFolder

__all__ = ["RunFolder"]

_WATCHED = 1_000
"""Most sentences whose place in the latent space is kept after every epoch."""


class RunFolder(RecordFolder):
    """What training writes, as it stands on disk.

    Args:
        path: The folder.
    """

    @classmethod
    def create(
        cls,
        path: str | Path,
        config: Config,
        vocabulary: Vocabulary,
        tokens: Tokens = WHITESPACE,
        *,
        origin: Mapping[str, Any] | None = None,
        initial: TextVAE | None = None,
    ) -> Self:
        """Begin a folder; it is whole from the moment at which it is there.

        Args:
            path: The folder.
            config: Every setting.
            vocabulary: The words.
            tokens: How text is cut into them.
            origin: What is known of the corpus and of the run it starts from.
            initial: A model whose parameters it starts from, if they are not drawn anew.

        Raises:
            UsageError: If there is something at ``path`` already, or it cannot be written.
        """
        path = whole_folder(
            path, lambda begun: cls(begun)._fill(config, vocabulary, tokens, origin or {}, initial)
        )
        run = cls(path)
        run.tokens = tokens
        return run

    def _fill(
        self,
        config: Config,
        vocabulary: Vocabulary,
        tokens: Tokens,
        origin: Mapping[str, Any],
        initial: TextVAE | None,
    ) -> None:
        """Write what a run has before its first step."""
        (self.path / "checkpoints").mkdir()
        self.write_json("origin.json", {"format": FORMAT, **origin})
        vocabulary.save(self.path / "vocabulary.json")
        store_tokens(tokens, self.path)
        (self.path / "metrics.jsonl").touch()
        if initial is not None:
            self.save_model(initial, "initial")
        self.write_json("config.json", {"format": FORMAT, **to_dict(config)})

    @property
    def corpus_files(self) -> dict[str, str]:
        """Paths by split that the corpus was read from; none of the synthetic corpus.

        Raises:
            UsageError: If ``origin.json`` does not say.
        """
        try:
            files = self.origin["corpus"]["files"]
            return {str(name): str(path) for name, path in files.items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{self.path / 'origin.json'} is damaged: give the text as CORPUS"
            ) from error

    @cached_property
    def config(self) -> Config:
        """The settings."""
        plain = self.read_json("config.json")
        version = plain.pop("format", None)
        if version != FORMAT:
            raise UsageError(
                f"{self.path} has format {version!r}, this unvanish reads format {FORMAT}: "
                "install the version that wrote it"
            )
        return from_dict(Config, plain)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words."""
        return Vocabulary.load(self.path / "vocabulary.json")

    @cached_property
    def tokens(self) -> Tokens:
        """How text is cut into the words and put together again.

        Raises:
            UsageError: If it was a Python function and :func:`load` was not given it.
        """
        return restore_tokens(self.config.data.tokens, self.path)

    def parameters_file(self, which: str = "last") -> Path:
        """Where parameters stand, by the names that ``Run.model`` knows.

        Raises:
            UsageError: If there are no parameters of that name.
        """
        if which in ("last", "best", "initial") or re.fullmatch(r"cycle-\d+", which):
            return super().parameters_file(which)
        raise UsageError(f"unknown parameters {which!r}: give 'last', 'best' or 'cycle-N'")

    def parameters_there(self) -> str:
        """Say which parameters a run has."""
        names = ["last"] if self.parameters_file("last").exists() else []
        found = (self.path / "checkpoints").glob("*.safetensors")
        names += sorted(file.stem for file in found if not file.stem.startswith("step-"))
        return f"give {' or '.join(names)}" if names else "the run has finished no epoch"

    def save_sentences(self, split: str, evaluation: Evaluation) -> None:
        """Write rec and kl of every sentence of a split."""
        place = self.path / f"sentences-{split}.npz"
        with whole_file(place) as partial, partial.open("wb") as file:
            np.savez_compressed(file, rec=evaluation.rec, kl=evaluation.kl)

    def save_latent(self, epoch: int, evaluation: Evaluation) -> None:
        """Write where some validation sentences are after an epoch: the mean of q(z|x) of each.

        They are the same sentences every time, evenly spread over the split.
        """
        folder = self.path / "latent"
        folder.mkdir(exist_ok=True)
        indices = spread_rows(len(evaluation.mean), _WATCHED)
        place, mean = folder / f"epoch-{epoch:04d}.npz", evaluation.mean[indices]
        with whole_file(place) as partial, partial.open("wb") as file:
            np.savez(file, indices=indices, mean=mean.astype(np.float32))

    def latent(self) -> dict[int, tuple[ndarray, ndarray]]:
        """Read what :meth:`save_latent` wrote: by epoch, indices of sentences and their means."""
        found = {}
        for file in sorted((self.path / "latent").glob("epoch-*.npz")):
            with np.load(file) as stored:
                found[int(file.stem.removeprefix("epoch-"))] = stored["indices"], stored["mean"]
        return found
