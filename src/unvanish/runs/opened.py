"""A run's folder with its model: loading it, and reading and encoding text with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import torch
from jaxtyping import Float
from numpy import ndarray
from safetensors import SafetensorError
from safetensors.torch import load_file

from ..config import UsageError
from ..data import Corpora, Corpus
from ..models import Posteriors, TextVAE, encode_corpus
from .folder import RunFolder
from .latent import require_latent
from .text import Text, read_given, read_like_training, training_corpora

__all__ = ["OpenedRun", "Progress"]

Progress: TypeAlias = Callable[[int], None]
"""Told how many sentences are done."""


class OpenedRun(RunFolder):
    """A run's folder and its model.

    Sentences are given as a list, a path or what :meth:`read` made; ``progress`` is called with
    the number of sentences done. Everything random depends on ``seed`` alone.

    Args:
        path: The folder. Use :meth:`create` for a new one and :func:`unvanish.load` for one that
            exists.
        parameters: Those to use, by the names that :meth:`model` knows.
        device: Where the model is to be.
    """

    def __init__(
        self, path: Path, *, parameters: str = "last", device: str | torch.device = "cpu"
    ) -> None:
        super().__init__(path)
        self.parameters = parameters
        self.device = torch.device(device)

    def model(
        self, which: str | None = None, *, device: str | torch.device | None = None
    ) -> TextVAE:
        """Build the model anew and load its parameters, ready for use (dropout off).

        Args:
            which: ``"last"`` (after the last finished epoch), ``"best"`` (best validation elbo),
                ``"cycle-N"`` (end of the Nth cycle of beta), or ``"initial"`` (what a run that
                started from another began with); ``None`` takes those the run was opened with.
            device: Where to put it; ``None`` takes that of the run.

        Raises:
            UsageError: If the parameters are absent, damaged or of another model.
        """
        file = self.parameters_file(self.parameters if which is None else which)
        with torch.random.fork_rng(devices=[]):  # nobody else's draws change
            model = TextVAE(self.config.model, vocabulary_size=len(self.vocabulary))
        try:
            model.load_state_dict(load_file(file))
        except FileNotFoundError as error:
            raise UsageError(f"{file} does not exist: {self.parameters_there()}") from error
        except (SafetensorError, RuntimeError, OSError) as error:
            raise UsageError(
                f"{file} cannot be read as the parameters of this run's model: it is damaged or "
                "belongs to another run; copy it anew or train again"
            ) from error
        return model.to(self.device if device is None else device).eval()

    @cached_property
    def in_use(self) -> TextVAE:
        """The model that every method uses, loaded once."""
        return self.model()

    @property
    def longest(self) -> int:
        """Words after which a sentence is stopped: the most that one in training could have."""
        limit = self.config.data.max_words
        return 100 if limit is None else limit

    @cached_property
    def corpora(self) -> Corpora:
        """The splits that the run was trained and measured on, read again.

        Raises:
            UsageError: If the text is not there any more, or is not the same.
        """
        return training_corpora(self)

    def read(self, text: Text, *, as_in_training: bool = False) -> Corpus:
        """Encode sentences in the run's words; its ``report`` says how many are unknown.

        Args:
            text: Sentences.
            as_in_training: Leave out or cut too long ones as the settings say, and leave out blank
                ones, instead of keeping every one.

        Raises:
            UsageError: If there are none, or one that is to be kept has no words.
        """
        return read_like_training(self, text) if as_in_training else read_given(self, text)

    def posteriors(
        self, text: Text, *, batch_size: int = 128, progress: Progress | None = None
    ) -> Posteriors:
        """Give mean and log variance of q(z|x) of every sentence, as tensors in main memory.

        Args:
            text: Sentences.
            batch_size: Sentences in a forward pass.
            progress: Called after each batch.
        """
        require_latent(self)
        corpus = self.read(text)
        return encode_corpus(self.in_use, corpus, batch_size=batch_size, progress=progress)

    def encode(
        self, text: Text, *, batch_size: int = 128, progress: Progress | None = None
    ) -> Float[ndarray, "sentences latent"]:
        """Give the mean of q(z|x) of every sentence; :meth:`posteriors` has the variances too.

        Args:
            text: Sentences.
            batch_size: Sentences in a forward pass.
            progress: Called after each batch.
        """
        found = self.posteriors(text, batch_size=batch_size, progress=progress)
        mean: ndarray = found.mean.numpy()
        return mean
