"""A run opened for use: its folder, and its model."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Literal

import torch
from jaxtyping import Float
from numpy import ndarray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ..config import Decoding, UsageError
from ..data import Corpora, Corpus
from ..evaluation import Evaluation, ImportanceWeighted, importance_weighted
from ..evaluation import evaluate as evaluate_model
from ..generation import draw_latents, write
from ..generation import reconstruct as reconstruct_sentences
from ..models import Posteriors, TextVAE, encode_corpus
from .folder import RunFolder
from .latent import require_latent
from .text import Text, read_given, read_like_training, training_corpora

__all__ = ["Run"]

Progress = Callable[[int], None]


class Run(RunFolder):
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
            as_in_training: Leave out or cut too long ones as the settings say, instead of keeping
                every one.

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

    def generate(
        self,
        n_or_z: int | Float[ndarray | Tensor, "sentences latent"] = 10,
        decoding: Decoding | None = None,
        *,
        seed: int = 1,
        batch_size: int = 128,
        progress: Progress | None = None,
    ) -> list[str]:
        """Write sentences: from draws of the prior, or one for each latent vector.

        Args:
            n_or_z: How many, or latent vectors such as :meth:`encode` gives.
            decoding: How words are chosen; ``None`` draws them where z is drawn too, and takes the
                most probable ones for given vectors.
            seed: Source of z and of the draws.
            batch_size: Sentences written at once.
            progress: Called after each batch.

        Raises:
            UsageError: If fewer than one are asked for, or the vectors are not of the model's size.
        """
        generator = torch.Generator().manual_seed(seed)
        if isinstance(n_or_z, int):
            z = draw_latents(self.in_use, n_or_z, generator=generator)
            decoding = decoding or self.decoding("sampling")
        else:
            z = self._latents(n_or_z)
        return write(
            self.in_use,
            self.vocabulary,
            z,
            tokens=self.tokens,
            decoding=decoding or self.decoding(),
            generator=generator,
            batch_size=batch_size,
            progress=progress,
        )

    def decoding(self, strategy: Literal["greedy", "sampling", "beam"] = "greedy") -> Decoding:
        """Give a way to choose words that stops sentences at :attr:`longest`."""
        return Decoding(strategy, max_words=self.longest)

    def _latents(self, z: Float[ndarray | Tensor, "sentences latent"]) -> Tensor:
        """Take latent vectors in the type of the parameters, if they are of the model's size."""
        require_latent(self)
        size = self.config.model.latent_size
        given = torch.as_tensor(z)
        if given.ndim != 2 or given.shape[1] != size:
            shape = tuple(given.shape)
            raise UsageError(f"latent vectors of shape {shape} are not possible: give (n, {size})")
        return given.to(next(self.in_use.parameters()).dtype)

    def reconstruct(
        self,
        text: Text,
        decoding: Decoding | None = None,
        *,
        use_mean: bool = True,
        seed: int = 1,
        batch_size: int = 128,
        progress: Progress | None = None,
    ) -> list[str]:
        """Write every sentence again from its latent vector alone.

        Args:
            text: Sentences.
            decoding: How words are chosen; ``None`` takes the most probable one each time.
            use_mean: Take the mean of q(z|x) rather than a draw of it.
            seed: Source of the draws.
            batch_size: Sentences handled at once.
            progress: Called after each batch.
        """
        require_latent(self)
        return reconstruct_sentences(
            self.in_use,
            self.vocabulary,
            self.read(text),
            tokens=self.tokens,
            decoding=decoding or self.decoding(),
            use_mean=use_mean,
            seed=seed,
            batch_size=batch_size,
            progress=progress,
        )

    def score(
        self,
        text: Text,
        *,
        seed: int | None = None,
        batch_size: int = 128,
        progress: Progress | None = None,
    ) -> Evaluation:
        """Give rec, kl and elbo of every sentence in nats, each an array ``(sentences,)``.

        Args:
            text: Sentences; all are scored, however long.
            seed: Source of the noise of z, of which a sentence gets that of its place; ``None``
                takes the run's, as training does.
            batch_size: Sentences in a forward pass.
            progress: Called after each batch.
        """
        return evaluate_model(
            self.in_use,
            self.read(text),
            batch_size=batch_size,
            seed=self.config.seed if seed is None else seed,
            progress=progress,
        )

    def evaluate(
        self,
        text: Text | None = None,
        *,
        seed: int | None = None,
        batch_size: int = 128,
        progress: Progress | None = None,
    ) -> Evaluation:
        """Measure a text as training measured its splits; ``summary()`` has the figures.

        Args:
            text: Sentences; too long ones are treated as in training. ``None`` takes the test
                split of the run.
            seed: Source of the noise of z; ``None`` takes the run's, as training does.
            batch_size: Sentences in a forward pass.
            progress: Called after each batch.
        """
        corpus = self.corpora.test if text is None else self.read(text, as_in_training=True)
        return self.score(corpus, seed=seed, batch_size=batch_size, progress=progress)

    def likelihood(
        self,
        text: Text | None = None,
        *,
        samples: int = 500,
        fewer: int | None = None,
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> ImportanceWeighted:
        """Estimate log p(x) of every sentence by importance sampling, more closely than the elbo.

        A language model's is exact with one sample, so it takes one.

        Args:
            text: Sentences, as :meth:`evaluate` takes them; ``None`` takes the test split.
            samples: Draws of z for each sentence.
            fewer: A smaller number, for which the bound is given too; ``None`` takes a tenth.
            seed: Source of the noise of z; ``None`` takes the run's.
            progress: Called now and then.

        Raises:
            UsageError: If ``samples`` is below 1, or ``fewer`` not from 1 to ``samples``.
        """
        corpus = self.corpora.test if text is None else self.read(text, as_in_training=True)
        return importance_weighted(
            self.in_use,
            corpus,
            samples=samples,
            fewer=fewer,
            seed=self.config.seed if seed is None else seed,
            tokens=self.tokens,
            progress=progress,
        )
