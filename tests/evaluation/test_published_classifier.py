import numpy as np
import pytest
import torch
from torch.nn import functional as F

from unvanish.config import UsageError
from unvanish.evaluation import LabelDraws, PublishedProbe, published_probe
from unvanish.evaluation.labelled_subsets import labelled_subset
from unvanish.evaluation.published_classifier import _Split, _trained


def make(n, seed=0, noise=1.0, shuffled=False):
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.6
    features = rng.standard_normal((n, 4)) * noise
    features[:, 1] += np.where(positive, 1.0, -1.0)
    told = rng.permutation(positive) if shuffled else positive
    return features, ["1" if each else "0" for each in told]


FAST = PublishedProbe(learning_rate=0.02, epochs=30)


def by_torch(labelled, valid, settings):
    """The same, by autograd, a layer of torch and its learning rate schedule."""
    layer = torch.nn.Linear(4, 1)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.Adam(layer.parameters(), lr=settings.learning_rate)
    falls = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: settings.decay ** (k / 100))
    source, scores, states = np.random.default_rng(settings.seed), [], []
    for _ in range(settings.epochs):
        order = source.permutation(len(labelled.targets))
        for rows in np.split(order, range(32, len(order), 32)):
            if len(rows) == 32:
                optimizer.zero_grad()
                logits = layer(labelled.features[rows]).squeeze(1)
                F.binary_cross_entropy_with_logits(logits, labelled.targets[rows]).backward()
                optimizer.step()
        falls.step()
        with torch.no_grad():
            guesses = layer(valid.features).squeeze(1).sigmoid() > 0.5
        scores.append(float((guesses == (valid.targets == 1)).float().mean()))
        states.append(torch.cat([layer.weight.detach().flatten(), layer.bias.detach()]))
    return states[int(np.argmax(scores))], scores


def test_against_a_layer_of_torch():
    labelled, valid = (
        _Split(torch.tensor(x, dtype=torch.float32), torch.tensor([float(y) for y in labels]))
        for x, labels in (make(80), make(200, 7))
    )
    settings = PublishedProbe(learning_rate=0.01, decay=0.5, epochs=12, seed=4)
    expected, scores = by_torch(labelled, valid, settings)
    torch.testing.assert_close(_trained(labelled, valid, settings), expected)
    assert 0 < int(np.argmax(scores)) < 11  # neither the first nor the last epoch was best


def test_it_finds_what_can_be_parted_and_nothing_else():
    data = [make(300, seed, 0.1) for seed in range(3)]
    (found,) = published_probe(*data, LabelDraws((100,), repeats=2), settings=FAST)
    assert found.labelled == 100
    assert found.accuracy.values == (1.0, 1.0)
    shuffled = [make(300, seed, shuffled=True) for seed in range(3)]
    (found,) = published_probe(*shuffled, LabelDraws((100,), repeats=2), settings=FAST)
    assert abs(found.accuracy.mean - 0.55) < 0.12


def test_the_same_draws_as_every_method(monkeypatch):
    asked = []
    data = [make(200, seed) for seed in range(3)]

    def spied(labelled, valid, settings):
        asked.append(labelled.features)
        return torch.zeros(5)

    monkeypatch.setattr("unvanish.evaluation.published_classifier._trained", spied)
    published_probe(*data, LabelDraws((40,), shares=(0.2,), repeats=2, seed=3))
    for draw, features in enumerate(asked):
        rows = labelled_subset(200, 40, draw=draw, seed=3)
        np.testing.assert_allclose(features, data[0][0][rows], rtol=1e-6)


def test_what_cannot_be_told_is_refused():
    data = [make(100, seed) for seed in range(3)]
    with pytest.raises(UsageError, match=r"labelled sentences=10 .* give a batch, 32, or more"):
        published_probe(*data, LabelDraws((), shares=(0.1,)))
    three = (data[0][0], ["a", "b"] * 50)
    with pytest.raises(UsageError, match="there are 4 labels, and one unit tells two"):
        published_probe(three, *data[1:])
    with pytest.raises(UsageError, match="do not go with 100 labels"):
        published_probe((data[0][0][:5], data[0][1]), *data[1:])
    with pytest.raises(UsageError, match="sentences have 4 and 4 and 3 features"):
        published_probe(*data[:2], (data[2][0][:, 1:], data[2][1]))
    with pytest.raises(UsageError, match="seed=-1 is not possible: give at least 0"):
        PublishedProbe(seed=-1)
    with pytest.raises(UsageError, match="epochs=0"):
        PublishedProbe(epochs=0)
    with pytest.raises(UsageError, match="decay=0"):
        PublishedProbe(decay=0)
