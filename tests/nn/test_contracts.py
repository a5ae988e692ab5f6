"""Every kind of part keeps the contract by which a text VAE knows it, also one that users add."""

import pytest
import torch
from torch import nn

from unvanish.config import DecoderConfig, EncoderConfig, PosteriorConfig, PriorConfig
from unvanish.nn import Distribution
from unvanish.nn.decoders import Decoder, EmbeddingDecoder
from unvanish.nn.encoders import Encoder
from unvanish.nn.posteriors import Posterior
from unvanish.nn.priors import Prior

VOCABULARY, LATENT, FEATURES = 11, 3, 5
LENGTHS = torch.tensor([6, 4])
TOKENS = torch.tensor([[1, 4, 5, 6, 7, 2], [1, 8, 9, 2, 0, 0]])


def kinds(family):
    return pytest.mark.parametrize("kind", list(family.kinds))


@kinds(EncoderConfig)
def test_encoders(kind):
    encoder = EncoderConfig.kinds[kind]().build(vocabulary_size=VOCABULARY).eval()
    assert isinstance(encoder, Encoder)
    features = encoder(TOKENS, LENGTHS)
    assert features.shape == (2, encoder.features_size)
    alone = encoder(TOKENS[1:, :4], LENGTHS[1:])
    assert torch.allclose(features[1:], alone, atol=1e-6)  # padding has no part


@kinds(PosteriorConfig)
def test_posteriors(kind):
    posterior = PosteriorConfig.kinds[kind]().build(features_size=FEATURES, latent_size=LATENT)
    assert isinstance(posterior, Posterior)
    found = posterior(torch.randn(2, FEATURES))
    assert isinstance(found, Distribution)
    assert found.rsample().shape == found.mean.shape == (2, LATENT)


@kinds(PriorConfig)
def test_priors(kind):
    prior = PriorConfig.kinds[kind]().build(latent_size=LATENT)
    assert isinstance(prior, Prior)
    found = prior()
    assert isinstance(found, Distribution)
    assert found.log_prob(torch.zeros(4, LATENT)).shape == (4,)


@kinds(DecoderConfig)
def test_decoders_write_word_by_word_what_they_read_at_once(kind):
    sizes = {"vocabulary_size": VOCABULARY, "latent_size": LATENT}
    decoder = DecoderConfig.kinds[kind]().build(**sizes).eval()
    assert isinstance(decoder, Decoder)
    z, inputs = torch.randn(2, LATENT), TOKENS[:, :-1]
    whole = decoder(z, inputs)
    assert decoder.output(whole).shape == (2, 5, VOCABULARY)
    state, rows = decoder.initial_state(z), torch.tensor([1, 0])
    for step in range(5):
        features, state = decoder.advance(z, inputs[:, step : step + 1], state)
        assert torch.allclose(features[:, 0], whole[:, step], atol=1e-6)
        # what is selected goes on as those rows would
        z, inputs, whole = (each[rows] for each in (z, inputs, whole))
        state = decoder.select(state, rows)
    if isinstance(decoder, EmbeddingDecoder):
        assert torch.allclose(decoder.unroll(z, decoder.embed(inputs)), whole, atol=1e-6)


def test_what_lacks_a_part_is_none():
    class Half(nn.Module):
        def initial_state(self, z):
            return z

    assert not isinstance(Half(), Decoder)
    assert not isinstance(nn.Linear(2, 2), Encoder)
