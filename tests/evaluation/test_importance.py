import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from unvanish.config import UsageError, as_baseline, override
from unvanish.data import WHITESPACE, load_corpora, load_corpus
from unvanish.evaluation import evaluate, importance_weighted
from unvanish.models import TextVAE

NORMAL = torch.distributions.Normal


@pytest.fixture
def corpora(corpus):
    return load_corpora(corpus)


@pytest.fixture
def model(small, corpora):
    return wide(small, corpora)


def wide(small, corpora, **changes):
    """A model with large random weights: its losses depend much on z."""
    config = override(small.model, {"initial_range": 1.0, **changes})
    return TextVAE(config, vocabulary_size=len(corpora.vocabulary)).double().eval()


def sentence(corpus, place):
    tokens = torch.from_numpy(corpus[place].astype(np.int64)).unsqueeze(0)
    return tokens, torch.tensor([tokens.shape[1]])


def noise(seed, place, samples, latent):
    source = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(place,)))
    return torch.from_numpy(source.standard_normal((samples, latent), dtype=np.float32))


def weights(model, corpus, place, seed, samples):
    """Logarithms of the weights of one sentence, one draw after the other."""
    tokens, lengths = sentence(corpus, place)
    found = []
    with torch.no_grad():
        q = model.encode(tokens, lengths)
        for one in noise(seed, place, samples, model.config.latent_size):
            z = q.mean + torch.exp(q.logvar / 2) * one
            rec = model.decode(z, tokens, lengths).sum()
            log_q = NORMAL(q.mean, torch.exp(q.logvar / 2)).log_prob(z).sum()
            found.append(float(NORMAL(0.0, 1.0).log_prob(z).sum() - log_q - rec))
    return np.array(found)


def test_one_sample_is_minus_rec_and_the_sampled_kl(model, corpora):
    found = importance_weighted(model, corpora.test, samples=1, seed=3)
    for place in range(len(corpora.test)):
        (expected,) = weights(model, corpora.test, place, 3, 1)
        assert found.log_likelihood[place] == pytest.approx(expected, rel=1e-9)
    assert np.array_equal(found.log_likelihood, found.log_likelihood_fewer)
    assert found.effective_sample_size == pytest.approx(1.0)


def test_figures_equal_a_loop_over_sentences_and_draws(model, corpora):
    found = importance_weighted(model, corpora.test, samples=12, fewer=4, seed=3)
    for place in range(len(corpora.test)):
        values = np.exp(weights(model, corpora.test, place, 3, 12))
        groups = [np.log(values[k : k + 4].mean()) for k in (0, 4, 8)]
        assert found.log_likelihood[place] == pytest.approx(np.log(values.mean()), rel=1e-9)
        assert found.log_likelihood_fewer[place] == pytest.approx(np.mean(groups), rel=1e-9)
        size = values.sum() ** 2 / (values**2).sum()
        assert found.effective_sample_size[place] == pytest.approx(size, rel=1e-9)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.slow
def test_many_samples_give_the_integral_over_z(small, corpora, cell):
    """With one latent dimension log p(x) is an integral that a grid gives exactly."""
    kinds = {f"{part}.cell": cell for part in ("encoder", "decoder")}
    model = wide(small, corpora, latent_size=1, **kinds)
    grid = torch.linspace(-12, 12, 4001).double()
    found = importance_weighted(model, corpora.test, samples=4000, fewer=40)
    means = {"samples": [], "fewer": []}
    for place in range(len(corpora.test)):
        tokens, lengths = sentence(corpora.test, place)
        with torch.no_grad():
            rec = model.decode(grid.unsqueeze(1), tokens.expand(4001, -1), lengths.expand(4001))
        joint = NORMAL(0.0, 1.0).log_prob(grid) - rec.sum(-1)
        exact = float(torch.logsumexp(joint, 0)) + math.log(24 / 4000)
        gap = found.log_likelihood[place] - exact
        assert abs(gap) < 5 / math.sqrt(found.effective_sample_size[place])
        means["samples"].append(gap)
        means["fewer"].append(found.log_likelihood_fewer[place] - exact)
    assert abs(np.mean(means["samples"])) < 0.02
    assert np.mean(means["fewer"]) < np.mean(means["samples"]) + 0.001


def test_the_elbo_lies_below(model, corpora):
    elbo = np.mean([evaluate(model, corpora.test, seed=k).elbo.mean() for k in range(20)])
    found = importance_weighted(model, corpora.test, samples=200)
    assert elbo < found.log_likelihood_fewer.mean() < found.log_likelihood.mean()


def test_another_density_is_asked_for_everything(model, corpora, monkeypatch):
    """A Laplace posterior: it draws and measures itself, and the bound is that of a loop."""

    class Laplace:
        def __init__(self, mean):
            self.mean, self.law = mean, torch.distributions.Laplace(mean, 0.5)

        def rsample(self, noise=None, *, generator=None):
            assert noise.shape == self.mean.shape
            return self.law.icdf(NORMAL(0.0, 1.0).cdf(noise.double()))

        def log_prob(self, z):
            assert z.shape == self.mean.shape
            return self.law.log_prob(z).sum(-1)

        def kl(self, prior):
            raise AssertionError("the bound needs no divergence")

    class Posterior(nn.Module):
        def forward(self, features):
            return Laplace(features[:, :4])

    model.posterior = Posterior()
    found = importance_weighted(model, corpora.test, samples=6)
    tokens, lengths = sentence(corpora.test, 2)
    with torch.no_grad():
        law = torch.distributions.Laplace(model.encoder(tokens, lengths)[:, :4], 0.5)
        z = law.icdf(NORMAL(0.0, 1.0).cdf(noise(0, 2, 6, 4).double()))
        rec = model.decode(z, tokens.expand(6, -1), lengths.expand(6)).sum(-1)
    values = NORMAL(0.0, 1.0).log_prob(z).sum(-1) - law.log_prob(z).sum(-1) - rec
    expected = float(torch.logsumexp(values, 0)) - math.log(6)
    assert found.log_likelihood[2] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("numbers", "latents", "sentences"), [(1, 2**24, 128), (2000, 1, 3), (2**25, 100, 1)]
)
def test_portions_change_nothing_but_rounding(
    model, corpora, monkeypatch, numbers, latents, sentences
):
    whole = importance_weighted(model, corpora.test, samples=9)
    rows = []
    decode = model.decode
    for name, value in (("NUMBERS", numbers), ("LATENTS", latents), ("SENTENCES", sentences)):
        monkeypatch.setattr(f"unvanish.evaluation.importance._{name}", value)
    monkeypatch.setattr(
        model,
        "decode",
        lambda z, *rest: rows.append((len(z), rest[0].shape[1])) or decode(z, *rest),
    )
    cut = importance_weighted(model, corpora.test, samples=9)
    assert cut.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-10)
    widest = max(model.vocabulary_size, 8 * model.config.decoder.hidden_size)
    assert all(n == 1 or n * (time - 1) * widest <= numbers for n, time in rows)
    assert sum(n for n, _ in rows) == 9 * len(corpora.test)


def test_a_sentence_gets_its_noise_by_its_place(model, corpora):
    """Neither a shorter corpus nor more samples change what was drawn before."""
    texts = [" ".join(corpora.vocabulary.decode(corpora.test[k])) for k in range(len(corpora.test))]
    whole = importance_weighted(model, corpora.test, samples=8, fewer=4)
    part = importance_weighted(model, load_corpus(texts[:5], corpora.vocabulary), samples=8)
    assert part.log_likelihood == pytest.approx(whole.log_likelihood[:5], rel=1e-10)
    more = importance_weighted(model, corpora.test, samples=16, fewer=8)
    least = whole.log_likelihood - math.log(2) - 1e-9
    assert (more.log_likelihood >= least).all(), "the first 8 draws are among the 16"
    other = importance_weighted(model, corpora.test, samples=8, seed=1)
    assert not np.isclose(other.log_likelihood, whole.log_likelihood).any()


def test_some_sentences_are_measured_as_among_all(model, corpora):
    whole = importance_weighted(model, corpora.test, samples=6, tokens=WHITESPACE)
    part = importance_weighted(model, corpora.test, samples=6, sentences=5, tokens=WHITESPACE)
    n = len(corpora.test)
    assert part.places.tolist() == np.linspace(0, n - 1, 5).round().tolist()
    assert whole.places.tolist() == list(range(n))
    assert part.n_tokens.tolist() == whole.n_tokens[part.places].tolist()
    assert part.n_characters.tolist() == whole.n_characters[part.places].tolist()
    for name in ("log_likelihood", "log_likelihood_fewer", "effective_sample_size"):
        expected = getattr(whole, name)[part.places]
        assert getattr(part, name) == pytest.approx(expected, rel=1e-10)
    assert part.summary()["sentences"] == 5
    more = importance_weighted(model, corpora.test, samples=2, sentences=n + 7)
    assert len(more.log_likelihood) == n


@pytest.mark.parametrize("numbers", [2**22, 100])
def test_bf16_bounds_the_same_with_little_error(model, corpora, monkeypatch, numbers):
    """At once and in portions; the error is that of a product with 8 binary digits."""
    monkeypatch.setattr("unvanish.objectives.linear_cross_entropy._PORTION", numbers)
    exact = importance_weighted(model, corpora.test, samples=20)
    with monkeypatch.context() as patched:
        patched.setattr(torch.cpu, "get_capabilities", dict)
        plain = importance_weighted(model.float(), corpora.test, samples=20, precision="auto")
    assert (plain.precision, plain.summary()["precision"]) == ("fp32", "fp32")
    assert plain.log_likelihood == pytest.approx(exact.log_likelihood, abs=1e-3)
    found = importance_weighted(model, corpora.test, samples=20, precision="bf16")
    assert found.precision == "bf16"
    error = abs(found.log_likelihood - exact.log_likelihood)
    assert error.max() > 1e-4
    assert (error / exact.n_tokens).max() < 0.05
    assert not torch.is_autocast_enabled("cpu")


def test_another_precision_is_refused(model, corpora):
    with pytest.raises(UsageError, match="give auto, bf16, fp32"):
        importance_weighted(model, corpora.test, samples=2, precision="fp16")
    with pytest.raises(UsageError, match="sentences=0"):
        importance_weighted(model, corpora.test, samples=2, sentences=0)


def test_dropout_is_off_and_the_mode_comes_back(model, corpora):
    model.train()
    first, second = (
        importance_weighted(model, corpora.valid, samples=3).log_likelihood for _ in range(2)
    )
    assert np.array_equal(first, second)
    assert model.training


def test_progress_counts_sentences(model, corpora, monkeypatch):
    monkeypatch.setattr("unvanish.evaluation.importance._NUMBERS", 2500)
    counted = []
    importance_weighted(model, corpora.test, samples=7, progress=counted.append)
    assert counted == sorted(counted)
    assert counted[-1] == len(corpora.test)
    assert len(set(counted)) > len(corpora.test) / 2


def test_the_summary_is_arithmetic(model, corpora):
    found = importance_weighted(model, corpora.test, samples=20, tokens=WHITESPACE)
    figures = found.summary()
    nll, n = -found.log_likelihood, len(corpora.test)
    texts = [" ".join(corpora.vocabulary.decode(corpora.test[k])) + "\n" for k in range(n)]
    assert (figures["samples"], figures["fewer_samples"]) == (20, 2)
    assert figures["nll"] == pytest.approx(nll.sum() / n)
    assert figures["nll_fewer"] > figures["nll"]
    assert figures["nll_standard_error"] == pytest.approx(nll.std(ddof=1) / math.sqrt(n))
    assert figures["ppl"] == pytest.approx(math.exp(nll.sum() / corpora.test.n_tokens))
    assert figures["nats_per_token"] == pytest.approx(nll.sum() / corpora.test.n_tokens)
    bits = nll.sum() / math.log(2) / len("".join(texts))
    assert figures["bits_per_character"] == pytest.approx(bits)
    assert 1 <= figures["effective_sample_size"] <= 20
    share = (found.effective_sample_size < 10).mean()
    assert figures["effective_sample_size_below_10"] == share


def test_what_is_not_known_is_none(model, corpora):
    one = load_corpus(["the cat"], corpora.vocabulary)
    figures = importance_weighted(model, one, samples=2).summary()
    assert figures["nll_standard_error"] is None
    assert figures["bits_per_character"] is None
    unknown = load_corpus(["the cat", "the unheard-of cat"], corpora.vocabulary)
    found = importance_weighted(model, unknown, samples=2, tokens=WHITESPACE)
    assert found.summary()["bits_per_character"] is None
    far = replace(found, log_likelihood=found.log_likelihood - 1e6).summary()
    assert far["ppl"] == math.inf


def test_a_language_model_needs_one_sample_to_be_exact(small, corpora):
    lm = TextVAE(as_baseline(small, "lm").model, vocabulary_size=len(corpora.vocabulary))
    found = importance_weighted(lm, corpora.test, samples=500)
    assert (found.samples, found.fewer) == (1, 1)
    exact = evaluate(lm, corpora.test)
    assert not exact.kl.any()
    assert found.log_likelihood == pytest.approx(-exact.rec, rel=1e-6)


@pytest.mark.parametrize(("samples", "fewer"), [(0, None), (-3, None), (5, 0), (5, 6)])
def test_impossible_numbers_are_told(model, corpora, samples, fewer):
    with pytest.raises(UsageError, match="give"):
        importance_weighted(model, corpora.test, samples=samples, fewer=fewer)
