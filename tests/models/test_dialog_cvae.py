import dataclasses

import numpy as np
import pytest
import torch

from unvanish.config import DialogModelConfig, UsageError, override
from unvanish.data import WordVectors
from unvanish.data.dialogs import (
    Dialog,
    DialogBatches,
    Speaker,
    Utterance,
    collate_windows,
    load_dialogs,
)
from unvanish.models import DialogCVAE
from unvanish.objectives import BagOfWords, Objective, Rate, Reconstruction

SMALL = {
    "encoder.hidden_size": 6,
    "context.hidden_size": 7,
    "prior.hidden_size": 5,
    "decoder.embedding_size": 8,
    "decoder.hidden_size": 9,
    "latent_size": 3,
    "topic_size": 2,
}


@pytest.fixture
def corpus():
    speakers = Speaker(30, 2, True), Speaker(50, 1, False)
    texts = ["hi", "hi how are you", "fine", "that is good to hear", "yes", "bye then", "bye"]
    dialogs = [
        Dialog(speakers, topic, tuple(Utterance("AB"[k % 2], t) for k, t in enumerate(said)))
        for topic, said in (("PETS", texts), ("CARS", texts[::-1]), ("PETS", texts[2:]))
    ]
    return load_dialogs(dialogs, dialogs, dialogs).train


def build(corpus, seed=1):
    torch.manual_seed(seed)
    config = override(DialogModelConfig(), SMALL)
    return DialogCVAE(config, vocabulary_size=len(corpus.vocabulary), n_topics=3)


WINDOWS = [(0, 0, 2), (1, 0, 5), (2, 1, 4), (0, 2, 7)]


def test_a_response_does_not_depend_on_its_neighbours(corpus):
    model, noise = build(corpus), torch.randn(4, 3)
    together = model(collate_windows(corpus, WINDOWS), noise)
    for row, window in enumerate(WINDOWS):
        alone = model(collate_windows(corpus, [window]), noise[row : row + 1])
        length = alone.token_losses.shape[1]
        torch.testing.assert_close(together.token_losses[row, :length], alone.token_losses[0])
        assert not together.token_losses[row, length:].any()
        kl = together.posterior.kl(together.prior)[row]
        torch.testing.assert_close(kl, alone.posterior.kl(alone.prior)[0])


def test_kl_is_that_of_torch(corpus):
    made = build(corpus)(collate_windows(corpus, WINDOWS))
    q, p = (
        torch.distributions.Normal(each.mean, (each.logvar / 2).exp())
        for each in (made.posterior, made.prior)
    )
    expected = torch.distributions.kl_divergence(q, p).sum(-1)
    torch.testing.assert_close(made.posterior.kl(made.prior), expected)
    assert (expected > 0).all()


def test_the_prior_knows_everything_but_the_response(corpus):
    model, batch = build(corpus), collate_windows(corpus, WINDOWS)
    posterior, condition = model.encode(batch)

    def changed(**fields):
        found, new = model.encode(dataclasses.replace(batch, **fields))
        return not torch.allclose(new, condition), not torch.allclose(found.mean, posterior.mean)

    other = batch.responses.clone()
    other[:, 1] = 5
    assert changed(responses=other) == (False, True)
    assert changed(topics=(batch.topics + 1) % 3) == (True, True)
    assert changed(profiles=batch.profiles.flip(1)) == (True, True)
    assert changed(same_floor=~batch.same_floor) == (True, True)
    context = batch.context.clone()
    context[:, 0, 1] = 5
    assert changed(context=context) == (True, True)


def test_words_are_predicted_from_those_before_them(corpus):
    model, batch = build(corpus), collate_windows(corpus, WINDOWS[3:])
    told = torch.randn(1, model.told_size)
    losses = model.decode(told, batch)
    later = batch.responses.clone()
    later[0, -2] = 5
    changed = model.decode(told, dataclasses.replace(batch, responses=later))
    torch.testing.assert_close(losses[0, :-2], changed[0, :-2])
    assert not torch.allclose(losses[0, -2:], changed[0, -2:])
    assert not torch.allclose(losses, model.decode(told + 1, batch))


def test_starts_as_the_papers_code_does(corpus):
    model = build(corpus)
    for layers in (model.encoder.layers, model.context.layers, model.decoder.layers):
        size = layers.hidden_size
        for name, parameter in layers.named_parameters():
            if name.startswith("weight"):
                assert 0.05 < float(parameter.detach().abs().max()) <= 0.08
            else:
                gates = 2 * size * [float(name.startswith("bias_ih"))]
                assert parameter.tolist() == [*gates, *size * [0.0]]
    assert not model.prior.mean.bias.any()
    assert float(model.decoder.embedding.weight.detach().std()) == pytest.approx(0.1, rel=0.15)


def test_the_papers_sizes():
    model = DialogCVAE(DialogModelConfig(), vocabulary_size=50, n_topics=4)
    assert (model.condition_size, model.told_size) == (638, 838)
    assert model.posterior.mean.weight.shape == (200, 1238)
    assert model.prior.hidden.weight.shape == (400, 638)
    assert model.decoder.initial.weight.shape == (400, 838)
    assert model.decoder.layers.input_size == 200


def test_known_words_begin_with_their_vectors(corpus):
    model = build(corpus)
    before = model.decoder.embedding.weight.detach().clone()
    vectors = {"hi": np.full(8, 2.0, np.float32), "zebra": np.zeros(8, np.float32)}
    assert model.begin_with(corpus.vocabulary, WordVectors(8, vectors)) == 1
    table, place = model.decoder.embedding.weight.detach(), corpus.vocabulary.encode(["hi"])[1]
    assert table[place].tolist() == [2.0] * 8
    others = torch.arange(len(table)) != place
    assert torch.equal(table[others], before[others])
    with pytest.raises(UsageError, match="have 4 numbers and the model's words 8"):
        model.begin_with(corpus.vocabulary, WordVectors(4, {}))


@pytest.mark.slow
def test_learns_a_small_corpus(corpus):
    model = build(corpus)
    bow = BagOfWords(
        features_size=model.told_size, hidden_size=8, vocabulary_size=len(corpus.vocabulary)
    )
    objective = Objective([(Reconstruction(), 1.0), (Rate(), 0.1), (bow, 1.0)])
    optimizer = torch.optim.Adam([*model.parameters(), *objective.parameters()], lr=0.02)
    batches, losses = DialogBatches(corpus, batch_size=3), []
    for epoch in range(25):
        for batch in batches.epoch(epoch):
            optimizer.zero_grad()
            loss = objective(model(batch), 0)
            loss.total.backward()
            optimizer.step()
            losses.append({name: float(part.detach().mean()) for name, part in loss.parts.items()})

    def mean(name, part):
        return sum(each[name] for each in part) / len(part)

    first, last = losses[: len(batches)], losses[-len(batches) :]
    assert mean("rec", last) < 0.2 * mean("rec", first)
    # the entropy of a response's words is the least that a bag can cost
    assert mean("bow", last) < 0.85 * mean("bow", first)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"posterior.kind": "prior"}, "posterior.kind='prior'"),
        ({"latent_size": 0}, "latent_size=0"),
        ({"initial_range": 0.0}, "initial_range=0.0"),
        ({"encoder.kind": "recurrent"}, "unknown utterance encoder 'recurrent'"),
    ],
)
def test_settings_that_are_not_possible(changes, said):
    with pytest.raises(UsageError, match=said):
        override(DialogModelConfig(), changes)
