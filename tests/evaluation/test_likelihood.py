import math

import numpy as np
import pytest
import torch

from unvanish.config import Config, ModelConfig, UsageError, override
from unvanish.data import Corpus, Sentence, load_corpora
from unvanish.evaluation import evaluate
from unvanish.inference import refinement_of
from unvanish.models import TextVAE


@pytest.fixture
def corpora(corpus):
    return load_corpora(corpus)


@pytest.fixture
def model(small, corpora):
    assert isinstance(small, Config)
    assert isinstance(small.model, ModelConfig)
    return TextVAE(small.model, vocabulary_size=len(corpora.vocabulary))


def test_figures_equal_a_loop_over_single_sentences(model, corpora):
    evaluation = evaluate(model, corpora.test, seed=5)
    noise = np.random.default_rng(5).standard_normal((len(corpora.test), 4), dtype=np.float32)
    model.eval()
    for place in range(len(corpora.test)):
        tokens = torch.from_numpy(corpora.test[place].astype(np.int64)).unsqueeze(0)
        with torch.no_grad():
            made = model(
                tokens, torch.tensor([tokens.shape[1]]), torch.from_numpy(noise[place : place + 1])
            )
        assert evaluation.rec[place] == pytest.approx(float(made.token_losses.sum()), rel=1e-5)
        kl = made.posterior.kl_per_dimension(made.prior)[0]
        assert evaluation.kl_per_dimension[place] == pytest.approx(kl.numpy(), abs=1e-6)


@pytest.fixture
def wide(small, corpora):
    """A model with large random weights: its losses depend much on z."""
    config = override(small.model, {"initial_range": 1.0})
    return TextVAE(config, vocabulary_size=len(corpora.vocabulary)).eval()


def test_rec_of_several_draws_is_the_mean_of_a_loop_over_them(wide, corpora):
    found = evaluate(wide, corpora.test, seed=5, draws=4, batch_size=3)
    first = np.random.default_rng(5).standard_normal((len(corpora.test), 4), dtype=np.float32)
    for place in range(len(corpora.test)):
        tokens = torch.from_numpy(corpora.test[place].astype(np.int64)).unsqueeze(0)
        source = np.random.default_rng(np.random.SeedSequence(5, spawn_key=(place,)))
        noise = [first[place], *source.standard_normal((3, 4), dtype=np.float32)]
        losses = []
        for one in noise:
            with torch.no_grad():
                q = wide.encode(tokens, torch.tensor([tokens.shape[1]]))
                z = q.mean + torch.exp(q.logvar / 2) * torch.from_numpy(one)
                log_p = wide.decoder.output(wide.decoder(z, tokens[:, :-1])).log_softmax(-1)
            losses.append(-float(log_p[0].gather(1, tokens[0, 1:, None]).sum()))
        assert found.rec[place] == pytest.approx(np.mean(losses), rel=1e-5)
        assert np.ptp(losses) > 1e-3, "or nothing is shown: the same loss from every z"
    one = evaluate(wide, corpora.test, seed=5)
    assert np.array_equal(found.kl, one.kl)
    assert not np.allclose(found.rec, one.rec, rtol=1e-3)


def test_one_draw_is_what_is_taken_when_nothing_is_said(wide, corpora):
    one, none = evaluate(wide, corpora.test, draws=1), evaluate(wide, corpora.test)
    assert np.array_equal(one.rec, none.rec)


def test_with_draws_a_sentence_depends_less_on_its_place(wide, corpora):
    again = Corpus.from_sentences([Sentence("the cat sees the dog")] * 200, corpora.vocabulary)
    one, many = (evaluate(wide, again, draws=draws).rec for draws in (1, 16))
    assert one.std() / many.std() == pytest.approx(4, rel=0.25)
    assert many.mean() == pytest.approx(one.mean(), abs=4 * one.std() / math.sqrt(200))


def test_what_is_refined_and_what_is_not_have_the_same_draws(small, wide, corpora):
    refinement = refinement_of(override(small, {"inference.kind": "semi-amortized"}))
    found = evaluate(wide, corpora.test, draws=3, refinement=refinement)
    assert found.amortized_rec == pytest.approx(evaluate(wide, corpora.test, draws=3).rec, rel=1e-5)
    assert found.amortized_rec != pytest.approx(evaluate(wide, corpora.test).rec, rel=1e-3)
    assert not np.allclose(found.rec, found.amortized_rec, rtol=1e-5)


@pytest.mark.parametrize("draws", [0, -1, 1.5])
def test_no_draws_are_refused(model, corpora, draws):
    with pytest.raises(UsageError, match=f"draws={draws} is not possible: give a whole number"):
        evaluate(model, corpora.test, draws=draws)


def test_batch_size_changes_nothing(model, corpora):
    one, many = (evaluate(model, corpora.valid, batch_size=size) for size in (1, 50))
    assert one.rec == pytest.approx(many.rec, rel=1e-5)
    assert one.mean == pytest.approx(many.mean, abs=1e-6)


def test_dropout_is_off_and_the_mode_comes_back(model, corpora):
    model.train()
    first, second = (evaluate(model, corpora.valid).rec for _ in range(2))
    assert np.array_equal(first, second)
    assert model.training


def test_an_untrained_model_is_near_the_uniform_one(small, corpora):
    model = TextVAE(small.model, vocabulary_size=len(corpora.vocabulary))
    summary = evaluate(model, corpora.test).summary()
    assert summary["ppl"] == pytest.approx(len(corpora.vocabulary), rel=0.2)
    assert math.log(summary["ppl"]) == pytest.approx(
        -summary["elbo"] * len(corpora.test) / corpora.test.n_tokens
    )
    assert summary["active_units"] <= 4


def test_progress_counts_sentences(model, corpora):
    counted = []
    evaluate(model, corpora.test, batch_size=5, progress=counted.append)
    assert counted[-1] == len(corpora.test)


def test_the_bound_in_other_units(model, corpora):
    found = evaluate(model, corpora.train)
    loss = found.rec + found.kl
    units = found.in_other_units(1_000)
    assert units["nats_per_token"] == pytest.approx(loss.sum() / corpora.train.n_tokens)
    assert math.exp(units["nats_per_token"]) == pytest.approx(found.summary()["ppl"])
    assert units["bits_per_character"] == pytest.approx(loss.sum() / math.log(2) / 1_000)
    spread = [np.random.default_rng(k).choice(loss, len(loss)).mean() for k in range(2_000)]
    assert units["elbo_standard_error"] == pytest.approx(np.std(spread), rel=0.1)
    assert found.in_other_units()["bits_per_character"] is None
