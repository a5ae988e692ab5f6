import pytest
import torch

from unvanish.config import UsageError
from unvanish.data import load_corpora
from unvanish.models import TextVAE, encode_corpus


@pytest.fixture
def model_and_corpus(small, corpus):
    train = load_corpora(corpus).train
    return TextVAE(small.model, vocabulary_size=len(train.vocabulary)).double(), train


@pytest.mark.parametrize("batch_size", [1, 7, 1000])
def test_posteriors_are_those_of_each_sentence_alone_in_order(model_and_corpus, batch_size):
    model, corpus = model_and_corpus
    noise = torch.randn(len(corpus), 4).double()
    found = encode_corpus(model, corpus, noise=noise, batch_size=batch_size)
    assert found.mean.shape == (len(corpus), 4)
    assert len(set(corpus.lengths.tolist())) > 1
    for row in range(len(corpus)):
        tokens = torch.from_numpy(corpus[row].astype("int64")).unsqueeze(0)
        with torch.no_grad():
            alone = model.encode(tokens, torch.tensor([tokens.shape[1]]))
        torch.testing.assert_close(found.mean[row], alone.mean[0])
        torch.testing.assert_close(found.logvar[row], alone.logvar[0])
        drawn = alone.mean[0] + torch.exp(alone.logvar[0] / 2) * noise[row]
        torch.testing.assert_close(found.z[row], drawn)


def test_dropout_is_off_the_mode_comes_back_and_progress_is_told(model_and_corpus):
    model, corpus = model_and_corpus
    model.train()
    done = []
    found = encode_corpus(model, corpus, batch_size=50, progress=done.append)
    assert model.training
    assert found.z is None
    assert done == [*range(50, len(corpus), 50), len(corpus)]


def test_the_result_can_be_trained_on(model_and_corpus):
    mean = encode_corpus(*model_and_corpus).mean
    weights = torch.zeros(4, requires_grad=True, dtype=mean.dtype)
    (mean @ weights).sum().backward()
    torch.testing.assert_close(weights.grad, mean.sum(0))


def test_a_posterior_that_is_no_gaussian_has_no_logvar(model_and_corpus, monkeypatch):
    class Point:
        def __init__(self, mean):
            self.mean = mean

        def rsample(self, noise=None, *, generator=None):
            return self.mean

        def log_prob(self, z):
            return z.sum(-1)

        def kl(self, prior):
            return self.mean.sum(-1)

    model, corpus = model_and_corpus
    gaussian = encode_corpus(model, corpus)
    inner = model.posterior.forward
    monkeypatch.setattr(model.posterior, "forward", lambda features: Point(inner(features).mean))
    point = encode_corpus(model, corpus, noise=torch.ones(len(corpus), 4).double())
    assert point.logvar is None
    assert torch.equal(point.z, point.mean)
    assert torch.equal(point.mean, gaussian.mean)


def test_batches_of_none_are_refused(model_and_corpus):
    with pytest.raises(UsageError, match="batch_size=0"):
        encode_corpus(*model_and_corpus, batch_size=0)


def test_noise_for_other_sentences_is_refused(model_and_corpus):
    with pytest.raises(ValueError, match="noise has shape"):
        encode_corpus(*model_and_corpus, noise=torch.zeros(3, 4).double())
