import math

import numpy as np
import pytest
import torch

from unvanish.config import Config, ModelConfig
from unvanish.data import load_corpora
from unvanish.evaluation import evaluate
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
