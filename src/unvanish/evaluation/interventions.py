r"""What the decoder makes of z and of the previous words, by taking one of them away.

A decoder predicts x_t along two paths (Fu et al. 2019, figure 1): path A, x -> z -> x_t, and path
B, x_<t -> x_t. What a path is worth is what its loss costs, in nats per sentence:

.. math::
    A = \operatorname{mean}_x \bigl[\mathrm{rec}(x; z') - \mathrm{rec}(x; z)\bigr]
    \qquad
    B = \operatorname{mean}_x \bigl[\mathrm{rec}(x; z, \text{masked}) - \mathrm{rec}(x; z)\bigr]

with z from q(z|x), and z' from elsewhere. Where the decoder ignores z, A is 0, whatever z' is. The
reverse holds as far as z' knows nothing of x: the z of another sentence of the same length still
knows the length, so A is 0 too where z holds nothing else. A z of any other sentence does not, and
what it costs more is what z is worth by knowing the length.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import torch
from jaxtyping import Float, Int64
from numpy import ndarray
from torch import Tensor

from ..config.errors import require
from ..data import UNK, Batch, Corpus, collate
from ..measures import Interval, bootstrap_interval, spread_rows
from ..models import TextVAE
from ..nn import evaluating
from .partners import partners

__all__ = ["Interventions", "Source", "intervene"]

Source: TypeAlias = Literal["posterior", "zero", "prior", "other", "any"]
"""Where z comes from: q(z|x), zeros (the mean of a standard normal prior), a draw of the prior,
q(z|x') of another sentence of the same length (``"other"``), or q(z|x') of another one whatever its
length (``"any"``). In :class:`unvanish.measures.diagnosis.Losses` the names are others: ``other``
there is what is ``"any"`` here, and ``same_length`` there is ``"other"`` here."""


@dataclass(frozen=True, eq=False)
class Interventions:
    """Reconstruction losses of the same sentences under interventions, in the corpus's order.

    With masked words the decoder reads the begin symbol and then the unknown word at every place;
    what it predicts stays. A decoder that was never trained so does worse than one that was: what
    masking costs is what this decoder loses, not what previous words could tell at best.

    Args:
        rec: By source of z, the loss of each sentence in nats, the previous words as they are.
        rec_masked: The same with the previous words masked.
        indices: Places of the sentences in the corpus.
        partners: Places of those whose z each got as ``"other"``.
        any_partners: The same for ``"any"``.
        n_other_length: How many of ``partners`` are of another length.
        n_same_words: How many of ``partners``, and as many of ``any_partners``, have the same words
            as the sentence that got their z: 0 unless all have.
    """

    rec: Mapping[Source, Float[ndarray, " sentences"]]
    rec_masked: Mapping[Source, Float[ndarray, " sentences"]]
    indices: Int64[ndarray, " sentences"]
    partners: Int64[ndarray, " sentences"]
    any_partners: Int64[ndarray, " sentences"]
    n_other_length: int
    n_same_words: int

    def gap(self, source: Source, *, masked: bool = False) -> Interval:
        """Give path A's worth in nats per sentence: what another z costs, a mean over sentences.

        The interval is that of the paired bootstrap, at 95 %. It may be negative where z misleads
        the decoder.

        Args:
            source: Where the other z comes from.
            masked: Mask the previous words on both sides of the difference.

        Raises:
            UsageError: If there is no such source.
        """
        return _gap(self._difference(source, masked))

    def path_b_gap(self) -> Interval:
        """Give path B's worth, likewise: what masking the previous words costs with z of q(z|x)."""
        return _gap(self._words())

    def summary(self) -> dict[str, float]:
        """Give all means in nats per sentence, as metrics name them.

        ``gap_zero``, ``gap_prior``, ``gap_other`` and ``gap_any`` are path A's, the same names with
        ``_masked`` those with the previous words masked, and ``gap_words`` is path B's.
        ``gap_other`` is of a sentence of the same length; ``unvanish.diagnose`` calls that
        ``gap_same_length``, and its ``gap_other`` is ``gap_any`` here.
        """
        figures = {
            f"gap_{source}{'_masked' if masked else ''}": self._difference(source, masked)
            for masked in (False, True)
            for source in self.rec
            if source != "posterior"
        }
        means = {**figures, "gap_words": self._words()}
        return {name: float(values.mean()) for name, values in means.items()}

    def _difference(self, source: Source, masked: bool) -> Float[ndarray, " sentences"]:
        choices = ", ".join(map(repr, get_args(Source)))
        require(source in get_args(Source), "source", source, f"give one of {choices}")
        rec = self.rec_masked if masked else self.rec
        difference: ndarray = rec[source] - rec["posterior"]
        return difference

    def _words(self) -> Float[ndarray, " sentences"]:
        words: ndarray = self.rec_masked["posterior"] - self.rec["posterior"]
        return words


def intervene(
    model: TextVAE,
    corpus: Corpus,
    *,
    sentences: int | None = None,
    batch_size: int = 128,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Interventions:
    """Decode sentences from z of five sources, with their previous words and without.

    It runs in 32 bits and without dropout. The noise of a sentence depends on ``seed`` and its
    place in the corpus alone, as in :func:`~unvanish.evaluation.evaluate`, whose ``rec`` this is
    for ``"posterior"``. A sentence's ``"other"`` and ``"any"`` are each the draw of q(z|x') of
    another of the measured sentences, one with other words where there is one: ``"other"`` of one
    of the same length, or else of the nearest; ``"any"`` of one whose length is left to chance.

    Args:
        model: The model; its mode is restored afterwards.
        corpus: The sentences.
        sentences: How many are measured, evenly spread over the corpus; ``None``, or more than
            there are, takes all.
        batch_size: Sentences in a forward pass.
        seed: Source of the noise and of whose z is given to whom.
        progress: Called with the number of sentences done, after each batch.

    Raises:
        UsageError: If there are fewer than two sentences, or ``sentences`` is below 2, or
            ``batch_size`` below 1.

    References:
        Fu et al., Cyclical Annealing Schedule: A Simple Approach to Mitigating KL Vanishing,
        NAACL 2019, https://arxiv.org/abs/1903.10145, section 3.1.

    Example:
        >>> from unvanish.config import ModelConfig
        >>> from unvanish.data import load_corpora
        >>> corpora = load_corpora([f"cat {k % 9} sat" for k in range(40)])
        >>> model = TextVAE(ModelConfig(), vocabulary_size=len(corpora.vocabulary))
        >>> intervene(model, corpora.train).gap("posterior")
        Interval(value=0.0, low=0.0, high=0.0)
    """
    require(batch_size >= 1, "batch_size", batch_size, "give at least 1")
    require(sentences is None or sentences >= 2, "sentences", sentences, "give at least 2")
    chosen = spread_rows(len(corpus), len(corpus) if sentences is None else sentences)
    lengths = corpus.lengths[chosen]
    words = _wordings(corpus, chosen)
    other, anyone = partners(words, lengths, seed=seed), partners(words, seed=seed)
    rec, masked = ({name: np.empty(len(chosen)) for name in get_args(Source)} for _ in range(2))
    done = 0
    with evaluating(model):
        latents = _latents(model, corpus, chosen, batch_size, seed)
        own = latents["posterior"]
        latents |= {"other": own[other], "any": own[anyone]}
        for rows, batch in _batches(model, corpus, chosen, batch_size):
            for name, z in latents.items():
                rec[name][rows] = _losses(model, z[rows], batch, batch.inputs)
                masked[name][rows] = _losses(model, z[rows], batch, _masked(batch))
            done += len(rows)
            if progress is not None:
                progress(done)
    differ = int(np.count_nonzero(lengths[other] != lengths))
    same = int(np.count_nonzero(words[other] == words))
    return Interventions(rec, masked, chosen, chosen[other], chosen[anyone], differ, same)


def _wordings(corpus: Corpus, chosen: Int64[ndarray, " sentences"]) -> Int64[ndarray, " sentences"]:
    """Number the sentences so that those have the same number that a model reads the same."""
    known: dict[bytes, int] = {}
    numbers = [known.setdefault(corpus[k].tobytes(), len(known)) for k in chosen.tolist()]
    return np.array(numbers, dtype=np.int64)


def _batches(
    model: TextVAE, corpus: Corpus, chosen: Int64[ndarray, " sentences"], size: int
) -> Iterator[tuple[Int64[ndarray, " batch"], Batch]]:
    """Give sentences of about equal length together, with their rows among the chosen."""
    device = next(model.parameters()).device
    order = np.argsort(corpus.lengths[chosen], kind="stable")
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        yield rows, collate(corpus, chosen[rows]).to(device)


def _latents(
    model: TextVAE,
    corpus: Corpus,
    chosen: Int64[ndarray, " sentences"],
    batch_size: int,
    seed: int,
) -> dict[Source, Float[Tensor, "sentences latent"]]:
    """Give z of every source but other sentences, on the model's device."""
    shape = len(corpus), model.config.latent_size
    of_posterior = np.random.default_rng(seed)  # as evaluate draws it
    of_prior = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    noise, noise_of_prior = (
        torch.from_numpy(draws.standard_normal(shape, dtype=np.float32)[chosen])
        for draws in (of_posterior, of_prior)
    )
    device = next(model.parameters()).device
    prior: Tensor = model.prior().rsample(noise_of_prior.to(device))
    z = torch.empty_like(prior)
    for rows, batch in _batches(model, corpus, chosen, batch_size):
        z[rows] = model.encode(batch.tokens, batch.lengths).rsample(noise[rows].to(device))
    return {"posterior": z, "zero": torch.zeros_like(z), "prior": prior}


def _masked(batch: Batch) -> Int64[Tensor, "batch time-1"]:
    """Put the unknown word in the place of all previous words; the begin symbol stays."""
    inputs = torch.full_like(batch.inputs, UNK)
    inputs[:, 0] = batch.inputs[:, 0]
    return inputs


def _losses(
    model: TextVAE,
    z: Float[Tensor, "batch latent"],
    batch: Batch,
    inputs: Int64[Tensor, "batch time-1"],
) -> Float[ndarray, " batch"]:
    """Give rec of each sentence in nats."""
    losses = model.decode(z, batch.tokens, batch.lengths, inputs=inputs)
    rec: ndarray = losses.sum(-1).double().cpu().numpy()
    return rec


def _gap(differences: Float[ndarray, " sentences"]) -> Interval:
    return Interval(float(differences.mean()), *bootstrap_interval(differences))
