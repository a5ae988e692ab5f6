"""The figures against their formulas, from arrays by hand and from a model's own passes."""

import math

import numpy as np
import pytest
import torch

from unvanish.config import DialogModelConfig, override
from unvanish.data.dialogs import Dialog, DialogBatches, Speaker, Utterance, load_dialogs
from unvanish.evaluation.dialog import DialogEvaluation, evaluate_dialogs
from unvanish.models import DialogCVAE

SMALL = {
    "encoder.hidden_size": 6,
    "context.hidden_size": 7,
    "prior.hidden_size": 5,
    "decoder.embedding_size": 8,
    "decoder.hidden_size": 9,
    "latent_size": 3,
}


def test_rec_p_is_the_mean_of_batch_perplexities():
    evaluation = DialogEvaluation(
        rec=np.array([2.0, 4.0, 9.0]),
        kl=np.array([1.0, 0.0, 2.0]),
        tokens=np.array([1, 2, 3]),
        batch=np.array([0, 0, 1]),
        mean=np.zeros((3, 2)),
    )
    found = evaluation.summary()
    assert found["rec_ppl"] == pytest.approx((math.exp(6 / 3) + math.exp(9 / 3)) / 2)
    assert found["rec_ppl_corpus"] == pytest.approx(math.exp(15 / 6))
    assert found["ppl"] == pytest.approx(math.exp(18 / 6))
    assert (found["rec"], found["kl"], found["elbo"]) == (5.0, 1.0, -6.0)
    assert (found["responses"], found["tokens"], found["active_units"]) == (3, 6, 0)


def test_every_response_is_measured_with_its_own_noise():
    speakers = Speaker(30, 2, True), Speaker(50, 1, False)
    dialogs = [
        Dialog(speakers, "PETS", tuple(Utterance("AB"[k % 2], f"w{k} w{k + n}") for k in range(n)))
        for n in (4, 5, 7)
    ]
    corpus = load_dialogs(dialogs, dialogs, dialogs).test
    torch.manual_seed(1)
    model = DialogCVAE(
        override(DialogModelConfig(), SMALL), vocabulary_size=len(corpus.vocabulary), n_topics=2
    ).train()
    alone = DialogBatches(corpus, batch_size=1)
    found = evaluate_dialogs(model, alone, seed=3)
    again = evaluate_dialogs(model, alone, seed=3)
    assert model.training
    assert len(found.rec) == len(alone) == 4 + 5 + 7 - 3
    np.testing.assert_array_equal(found.rec, again.rec)
    assert not np.allclose(found.rec, evaluate_dialogs(model, alone, seed=4).rec)
    expected_kl, expected_tokens = [], []
    with torch.no_grad():
        for batch in alone.in_order():
            posterior, condition = model.encode(batch)
            q, p = (
                torch.distributions.Normal(each.mean, (each.logvar / 2).exp())
                for each in (posterior, model.prior(condition))
            )
            expected_kl.append(torch.distributions.kl_divergence(q, p).sum().item())
            expected_tokens.append(batch.n_tokens)
    np.testing.assert_allclose(found.kl, expected_kl, rtol=1e-5)
    assert found.tokens.tolist() == expected_tokens
    together = evaluate_dialogs(model, DialogBatches(corpus, batch_size=3), seed=3)
    assert together.batch.tolist() == sorted(together.batch.tolist())
    shared = set(np.round(found.rec, 4)) & set(np.round(together.rec, 4))
    assert len(shared) >= 8  # the same windows, whatever batch they are in
