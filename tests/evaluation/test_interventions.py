"""Interventions against closed forms, a loop over single sentences, and decoders made for it."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from unvanish.config import Config, ModelConfig, UsageError, override
from unvanish.data import BOS, EOS, UNK, LengthBucketedBatches, load_corpora, load_corpus
from unvanish.evaluation import evaluate, intervene
from unvanish.models import TextVAE

SOURCES = ("posterior", "zero", "prior", "other", "any")
PATH_A = [f"gap_{source}{tail}" for tail in ("", "_masked") for source in SOURCES[1:]]


@pytest.fixture
def corpora(corpus):
    return load_corpora(corpus)


def build(config, corpora, **changes):
    settings = override(config, {"model.initial_range": 0.8, **changes})
    assert isinstance(settings, Config)
    assert isinstance(settings.model, ModelConfig)
    return TextVAE(settings.model, vocabulary_size=len(corpora.vocabulary))


@pytest.fixture
def model(small, corpora):
    return build(small, corpora)


@pytest.mark.slow
def test_losses_equal_a_loop_over_single_sentences(model, corpora):
    made = intervene(model, corpora.train, seed=5)
    noise, noise_of_prior = (
        torch.from_numpy(
            np.random.default_rng(source).standard_normal((len(corpora.train), 4), dtype=np.float32)
        )
        for source in (5, np.random.SeedSequence(5, spawn_key=(1,)))
    )
    model.eval()
    for place in reversed(range(len(corpora.train))):
        places = place, int(made.partners[place]), int(made.any_partners[place])
        own, other, anyone = (
            torch.from_numpy(corpora.train[k].astype(np.int64)).unsqueeze(0) for k in places
        )
        row, of_other, of_anyone = (slice(k, k + 1) for k in places)
        with torch.no_grad():
            z = {
                "posterior": draw(model, own, noise[row]),
                "zero": torch.zeros(1, 4),
                "prior": noise_of_prior[row],
                "other": draw(model, other, noise[of_other]),
                "any": draw(model, anyone, noise[of_anyone]),
            }
            for source in SOURCES:
                assert made.rec[source][place] == pytest.approx(
                    loss(model, z[source], own, own[:, :-1]), rel=1e-5
                )
                begin = torch.tensor([[BOS] + [UNK] * (own.shape[1] - 2)])
                assert made.rec_masked[source][place] == pytest.approx(
                    loss(model, z[source], own, begin), rel=1e-5
                )


def draw(model, tokens, noise):
    posterior = model.encode(tokens, torch.tensor([tokens.shape[1]]))
    return posterior.mean + torch.exp(posterior.logvar / 2) * noise


def loss(model, z, tokens, inputs):
    logits = model.decoder.output(model.decoder(z, inputs))
    return -float(logits.log_softmax(-1)[0].gather(1, tokens[0, 1:, None]).sum())


def test_with_z_of_the_posterior_it_is_what_evaluate_measures(model, corpora):
    made = intervene(model, corpora.train, seed=3, batch_size=7)
    assert made.rec["posterior"] == pytest.approx(evaluate(model, corpora.train, seed=3).rec)


@pytest.mark.slow
def test_batch_size_changes_nothing(model, corpora):
    one, many = (intervene(model, corpora.train, batch_size=size) for size in (1, 50))
    assert np.array_equal(one.partners, many.partners)
    assert np.array_equal(one.any_partners, many.any_partners)
    for source in SOURCES:
        assert one.rec[source] == pytest.approx(many.rec[source], rel=1e-5)
        assert one.rec_masked[source] == pytest.approx(many.rec_masked[source], rel=1e-5)


def test_some_sentences_are_those_of_all(model, corpora):
    """Evenly spread, each with the noise of its place."""
    everyone, some = (intervene(model, corpora.train, sentences=n) for n in (None, 12))
    assert len(some.indices) == 12
    assert (some.indices[0], some.indices[-1]) == (0, len(corpora.train) - 1)
    assert np.ptp(np.diff(some.indices)) <= 1
    assert set(some.partners) <= set(some.indices)
    assert set(some.any_partners) == set(some.indices)
    for source in ("posterior", "zero", "prior"):
        assert some.rec[source] == pytest.approx(everyone.rec[source][some.indices], rel=1e-5)
    assert np.array_equal(everyone.indices, np.arange(len(corpora.train)))
    assert len(intervene(model, corpora.valid, sentences=10_000).indices) == len(corpora.valid)


def test_a_decoder_that_ignores_z_has_no_path_a(small, corpora):
    model = build(small, corpora, **{"model.decoder.latent_enters": []})
    made = intervene(model, corpora.train)
    figures = made.summary()
    assert [figures[name] for name in PATH_A] == [0.0] * len(PATH_A)
    assert figures["gap_words"] != 0
    assert made.gap("other", masked=True).low == made.gap("other", masked=True).high == 0


@dataclass
class Point:
    """All probability in one place: a posterior that is no Gaussian."""

    mean: torch.Tensor

    def rsample(self, noise=None, *, generator=None):
        return self.mean + 0 * noise

    def log_prob(self, z):
        return torch.zeros(len(z))

    def kl(self, prior):
        return torch.zeros(len(self.mean))


class FirstWord(nn.Module):
    """Reads which word is first."""

    def __init__(self, words, strength):
        super().__init__()
        self.table = nn.Parameter(strength * torch.eye(words))

    def forward(self, tokens, lengths):
        return self.table[tokens[:, 1]]


class OnlyLatent(nn.Module):
    """Takes z for the logits at every place, whatever it is given to read."""

    def __init__(self, words):
        super().__init__()
        self.output = nn.Linear(words, words, bias=False)
        nn.init.eye_(self.output.weight)

    def forward(self, z, inputs):
        return z.unsqueeze(1).expand(-1, inputs.shape[1], -1)


def test_a_decoder_that_reads_z_alone_has_no_path_b(small):
    """Sentences of one word, said again and again: every gap has a closed form."""
    nouns = ["cat", "dog", "bird", "fox"]
    corpus = load_corpora([" ".join([nouns[k % 4]] * (2 + k % 3)) for k in range(60)]).train
    words, strength = len(corpus.vocabulary), 3.0
    model = TextVAE(override(small, {"model.latent_size": words}).model, vocabulary_size=words)
    model.encoder = FirstWord(words, strength)
    model.posterior = type("ToPoint", (nn.Module,), {"forward": lambda self, x: Point(x)})()
    model.decoder = OnlyLatent(words)
    made = intervene(model, corpus)
    assert made.path_b_gap().value == made.path_b_gap().low == made.path_b_gap().high == 0
    first = np.array([corpus[k][1] for k in range(len(corpus))])
    n_words = corpus.lengths - 2
    misled = first != first[made.partners]
    other = made.rec["other"] - made.rec["posterior"]
    assert other == pytest.approx(np.where(misled, strength * n_words, 0), abs=1e-4)
    zero = made.rec["zero"] - made.rec["posterior"]
    uniform, sharp = math.log(words), math.log(math.exp(strength) + words - 1)
    assert zero == pytest.approx((n_words + 1) * (uniform - sharp) + strength * n_words, abs=1e-4)
    assert made.gap("other").low > strength


class Length(nn.Module):
    """Reads how many places there are to predict."""

    def __init__(self):
        super().__init__()
        self.one = nn.Parameter(torch.ones(1))

    def forward(self, tokens, lengths):
        return self.one * (lengths.unsqueeze(1) - 1)


class EndsWhereTold(nn.Module):
    """All that it knows is where z says that the sentence ends: there the end is likely."""

    def __init__(self, words, strength):
        super().__init__()
        self.words, self.strength = words, strength
        self.output = nn.Linear(words, words, bias=False)
        nn.init.eye_(self.output.weight)

    def forward(self, z, inputs):
        places = torch.arange(1, inputs.shape[1] + 1)
        told = torch.where(places == z.round(), self.strength, -self.strength)
        return told.unsqueeze(-1) * (torch.arange(self.words) == EOS)


def test_a_z_that_holds_the_length_alone_is_of_use_beside_any_sentence(small):
    """Beside those of its length it seems to be of none: the gaps have closed forms."""
    nouns = ["cat", "dog", "bird", "fox"]
    texts = [" ".join(nouns[(k + j) % 4] for j in range(2 + k % 3)) for k in range(60)]
    corpus = load_corpus(texts, load_corpora(texts).vocabulary)
    words, strength = len(corpus.vocabulary), 3.0
    model = TextVAE(override(small, {"model.latent_size": 1}).model, vocabulary_size=words)
    model.encoder = Length()
    model.posterior = type("ToPoint", (nn.Module,), {"forward": lambda self, x: Point(x)})()
    model.decoder = EndsWhereTold(words, strength)
    made = intervene(model, corpus)
    assert made.gap("other").low == made.gap("other").high == 0
    assert made.gap("any").low > strength
    assert made.gap("any", masked=True) == made.gap("any")
    assert made.gap("prior").low > strength
    own, told = corpus.lengths, corpus.lengths[made.any_partners]
    assert 0.4 < (own != told).mean() < 0.9
    likely, unlikely = (math.log(words - 1 + math.exp(sign * strength)) for sign in (1, -1))
    missed = np.where(told > own, unlikely - likely, 0) + 2 * strength
    difference = made.rec["any"] - made.rec["posterior"]
    assert difference == pytest.approx(np.where(own == told, 0, missed), abs=1e-4)


def test_masked_inputs_token_by_token(model, corpora):
    """What the decoder is given, for each source: the words, then the unknown word instead."""
    read = []
    model.decoder.register_forward_pre_hook(lambda module, given: read.append(given[1].clone()))
    intervene(model, corpora.valid, batch_size=4)
    batches = list(LengthBucketedBatches(corpora.valid, batch_size=4).in_order())
    each = 2 * len(SOURCES)
    assert len(read) == each * len(batches)
    for k, batch in enumerate(batches):
        of_batch = read[each * k : each * (k + 1)]
        for plain, masked in zip(of_batch[::2], of_batch[1::2], strict=True):
            assert plain.tolist() == batch.tokens[:, :-1].tolist()
            width = batch.tokens.shape[1] - 2
            assert masked.tolist() == [[BOS] + [UNK] * width] * len(batch)


def test_intervals_equal_a_bootstrap_in_numpy(model, corpora):
    made = intervene(model, corpora.train)
    differences = made.rec["prior"] - made.rec["posterior"]
    draws = np.random.default_rng(99)
    means = [draws.choice(differences, len(differences)).mean() for _ in range(20_000)]
    gap = made.gap("prior")
    assert gap.value == pytest.approx(differences.mean())
    low, high = np.percentile(means, [2.5, 97.5])
    width = high - low
    assert (gap.low, gap.high) == pytest.approx((low, high), abs=0.05 * width)
    words = made.rec_masked["posterior"] - made.rec["posterior"]
    assert made.path_b_gap().value == pytest.approx(words.mean())
    masked = made.rec_masked["zero"] - made.rec_masked["posterior"]
    assert made.gap("zero", masked=True).value == pytest.approx(masked.mean())


def test_the_summary_has_every_mean(model, corpora):
    made = intervene(model, corpora.train)
    figures = made.summary()
    assert list(figures) == [*PATH_A, "gap_words"]
    assert figures["gap_zero"] == made.gap("zero").value
    assert figures["gap_other_masked"] == made.gap("other", masked=True).value
    assert figures["gap_words"] == made.path_b_gap().value


@pytest.mark.slow
@pytest.mark.parametrize("shuffled", [False, True])
def test_a_decoder_that_learnt_with_other_sentences_z_makes_nothing_of_it(small, corpora, shuffled):
    """The negative control: the rate says that z is alive, the gap that nobody heeds it."""
    torch.manual_seed(0)
    dropout = {f"model.decoder.{name}_dropout": 0.0 for name in ("input", "output")}
    model = build(small, corpora, **dropout)
    corpus, source = corpora.train, np.random.default_rng(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    batches = LengthBucketedBatches(corpus, batch_size=24)
    for epoch in range(40):
        for batch in batches.epoch(epoch):
            posterior = model.encode(batch.tokens, batch.lengths)
            z = posterior.rsample()
            if shuffled:
                z = z[torch.from_numpy(source.permutation(len(z)))]
            optimizer.zero_grad()
            model.decode(z, batch.tokens, batch.lengths).sum().backward()
            optimizer.step()
    assert evaluate(model, corpus).kl.mean() > 0.5
    gap = intervene(model, corpus).gap("other")
    if shuffled:
        assert abs(gap.value) < 0.1
    else:
        assert gap.low > 0.2


def test_how_many_have_a_partner_of_another_length(model, corpora):
    vocabulary = corpora.vocabulary
    corpus = load_corpus(["a b", "the cat", "the cat sees", "the cat sees the dog"], vocabulary)
    made = intervene(model, corpus)
    assert made.n_other_length == 2
    assert made.partners.tolist() == [1, 0, *made.partners[2:]]
    assert set(made.partners[2:]) != {2, 3}


def test_nobody_gets_z_of_a_sentence_with_its_own_words(model, corpora):
    vocabulary = corpora.vocabulary
    texts = ["the cat sees the dog"] * 9 + ["the dog sees the cat"] * 2 + ["the cat"] * 3
    made = intervene(model, load_corpus(texts, vocabulary))
    assert made.n_same_words == 0
    assert made.n_other_length == 3
    for found in (made.partners, made.any_partners):
        assert all(texts[k] != texts[other] for k, other in enumerate(found))


def test_how_many_got_z_of_their_own_words_for_want_of_others(model, corpora):
    made = intervene(model, load_corpus(["the cat"] * 3, corpora.vocabulary))
    assert made.n_same_words == 3
    assert all(made.partners != made.indices)
    assert all(made.any_partners != made.indices)


def test_too_little_is_refused(model, corpora):
    alone = load_corpus(["the cat"], corpora.vocabulary)
    with pytest.raises(UsageError, match="give at least two"):
        intervene(model, alone)
    with pytest.raises(UsageError, match="sentences=1 is not possible: give at least 2"):
        intervene(model, corpora.valid, sentences=1)
    with pytest.raises(UsageError, match="batch_size=0 is not possible"):
        intervene(model, corpora.valid, batch_size=0)
    with pytest.raises(UsageError, match="source='mean' is not possible: give one of 'posterior'"):
        intervene(model, corpora.valid).gap("mean")


def test_dropout_is_off_the_mode_comes_back_and_nobody_elses_draws_change(model, corpora):
    model.train()
    before = torch.get_rng_state()
    first, second = (intervene(model, corpora.valid).summary() for _ in range(2))
    assert first == second
    assert model.training
    assert torch.equal(torch.get_rng_state(), before)


def test_progress_counts_sentences(model, corpora):
    counted = []
    intervene(model, corpora.train, batch_size=5, sentences=12, progress=counted.append)
    assert counted == [5, 10, 12]
