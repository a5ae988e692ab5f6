"""A run: what can be done with its folder and its model."""

from __future__ import annotations

from typing import Any, Literal

import torch
from jaxtyping import Float
from numpy import integer, ndarray
from torch import Tensor

from ..config import Decoding
from ..data import Corpus
from ..evaluation import (
    Evaluation,
    ImportanceWeighted,
    Interventions,
    importance_weighted,
    intervene,
)
from ..evaluation import evaluate as evaluate_model
from ..generation import SentenceWriter, draw_latents
from ..inference import refinement_of
from ..measures.diagnosis import Diagnosis
from ..nn.precision import PrecisionSetting
from .diagnosing import diagnose_run
from .latent import latent_vectors, require_latent
from .opened import OpenedRun, Progress
from .text import Text, read_measured

__all__ = ["Run"]


class Run(OpenedRun):
    """A run's folder and its model, to write, measure and judge with.

    Sentences are given as a list, a path or what :meth:`read` made; ``progress`` is called with
    the number of sentences done. Everything random depends on ``seed`` alone.

    Args:
        path: The folder. Use :meth:`create` for a new one and :func:`load` for one that exists.
        parameters: Those to use, by the names that :meth:`model` knows.
        device: Where the model is to be.
    """

    def generate(
        self,
        n_or_z: int | integer[Any] | Float[ndarray | Tensor, "sentences latent"] = 10,
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
            UsageError: If fewer than one are asked for, or the vectors are not finite or not of the
                model's size.
        """
        generator = torch.Generator().manual_seed(seed)
        if isinstance(n_or_z, int | integer):
            z = draw_latents(self.in_use, int(n_or_z), generator=generator)
            decoding = decoding or self.decoding("sampling")
        else:
            z = latent_vectors(self, n_or_z)
        decoding = decoding or self.decoding()
        return self._writer.write(
            z, decoding, generator=generator, batch_size=batch_size, progress=progress
        )

    @property
    def _writer(self) -> SentenceWriter:
        return SentenceWriter(self.in_use, self.vocabulary, self.tokens)

    def decoding(self, strategy: Literal["greedy", "sampling", "beam"] = "greedy") -> Decoding:
        """Give a way to choose words that stops sentences at :attr:`longest`."""
        return Decoding(strategy, max_words=self.longest)

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
        return self._writer.reconstruct(
            self.read(text),
            decoding or self.decoding(),
            use_mean=use_mean,
            seed=seed,
            batch_size=batch_size,
            progress=progress,
        )

    def score(
        self,
        text: Text,
        *,
        draws: int = 1,
        seed: int | None = None,
        batch_size: int = 128,
        progress: Progress | None = None,
    ) -> Evaluation:
        """Give rec, kl and elbo of every sentence in nats, each an array ``(sentences,)``.

        A run of semi-amortized inference refines q(z|x) first, in batches of the size of training;
        ``amortized_rec`` and ``amortized_kl`` are without that.

        With one draw of z, rec is noisy: the same sentence has another in another place, often by
        nats. Where single sentences are ranked or judged, take more draws, or :meth:`likelihood`.

        Args:
            text: Sentences; all are scored, however long.
            draws: Draws of z for each sentence, over which rec is the mean; kl needs none.
            seed: Source of the noise of z, of which a sentence gets that of its place; ``None``
                takes the run's, as training does.
            batch_size: Sentences in a forward pass.
            progress: Called after each batch.

        Raises:
            UsageError: If there are no sentences, one has no words, or ``draws`` is below 1.
        """
        return evaluate_model(
            self.in_use,
            self.read(text),
            batch_size=batch_size,
            seed=self.config.seed if seed is None else seed,
            draws=draws,
            refinement=refinement_of(self.config),
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
            text: Sentences: of a list every one, of a file those that training would keep, too
                long ones left out or cut. ``None`` takes the test split of the run.
            seed: Source of the noise of z; ``None`` takes the run's, as training does.
            batch_size: Sentences in a forward pass.
            progress: Called after each batch.

        Raises:
            UsageError: If there are no sentences, one of a list has no words, or the run's text
                cannot be read again.
        """
        corpus = self._measured(text)
        return self.score(corpus, seed=seed, batch_size=batch_size, progress=progress)

    def _measured(self, text: Text | None) -> Corpus:
        return self.corpora.test if text is None else read_measured(self, text)

    def likelihood(
        self,
        text: Text | None = None,
        *,
        samples: int = 500,
        fewer: int | None = None,
        sentences: int | None = None,
        precision: PrecisionSetting = "fp32",
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> ImportanceWeighted:
        """Estimate log p(x) of every sentence by importance sampling, more closely than the elbo.

        A language model's is exact with one sample, so it takes one.

        Args:
            text: Sentences, as :meth:`evaluate` takes them; ``None`` takes the test split.
                ``places`` of the result are those in the list, or among what a file keeps.
            samples: Draws of z for each sentence.
            fewer: A smaller number, for which the bound is given too; ``None`` takes a tenth.
            sentences: How many are measured, evenly spread over the text; ``None`` takes all.
            precision: ``"bf16"`` takes the products of the decoder in 16 bits, ``"auto"`` does so
                where the processor has such instructions.
            seed: Source of the noise of z; ``None`` takes the run's.
            progress: Called now and then.

        Raises:
            UsageError: If ``samples`` or ``sentences`` is below 1, ``fewer`` not from 1 to
                ``samples``, ``precision`` not to be had, one of a list has no words, or the run's
                text cannot be read again.
        """
        corpus = self._measured(text)
        return importance_weighted(
            self.in_use,
            corpus,
            samples=samples,
            fewer=fewer,
            sentences=sentences,
            precision=precision,
            seed=self.config.seed if seed is None else seed,
            tokens=self.tokens,
            progress=progress,
        )

    def interventions(
        self,
        text: Text | None = None,
        *,
        sentences: int | None = None,
        seed: int | None = None,
        batch_size: int = 128,
        progress: Progress | None = None,
    ) -> Interventions:
        """Measure what z and the previous words are worth to the decoder; ``gap()`` has figures.

        Args:
            text: Sentences: of a list every one, of a file those that training would keep, too
                long ones left out or cut. ``None`` takes the test split of the run.
            sentences: How many, evenly spread over the text; ``None`` takes all.
            seed: Source of the noise of z; ``None`` takes the run's, as training does.
            batch_size: Sentences in a forward pass.
            progress: Called after each batch.

        Raises:
            UsageError: If there are fewer than two sentences, one of a list has no words, or the
                run's text cannot be read again.
        """
        corpus = self._measured(text)
        return intervene(
            self.in_use,
            corpus,
            sentences=sentences,
            batch_size=batch_size,
            seed=self.config.seed if seed is None else seed,
            progress=progress,
        )

    def diagnose(
        self,
        text: Text | None = None,
        *,
        sentences: int = 1_000,
        seed: int | None = None,
        batch_size: int = 128,
        progress: Progress | None = None,
    ) -> Diagnosis:
        """Judge whether z is alive: a verdict with evidence and advice.

        Args:
            text: Sentences: of a list every one, of a file those that training would keep, too
                long ones left out or cut. ``None`` takes the test split of the run.
            sentences: How many of them are decoded from another z, evenly spread.
            seed: Source of all draws; ``None`` takes the run's.
            batch_size: Sentences in a forward pass.
            progress: Called with the number of sentences decoded, after each batch.

        Raises:
            UsageError: If there are fewer than two sentences, one of a list has no words, the run
                is a language model or an autoencoder, its posteriors are not Gaussian or cannot be
                measured, or its text cannot be read again.
        """
        corpus = self._measured(text)
        return diagnose_run(
            self,
            corpus,
            sentences=sentences,
            seed=self.config.seed if seed is None else seed,
            batch_size=batch_size,
            progress=progress,
        )
