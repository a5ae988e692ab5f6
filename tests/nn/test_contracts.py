"""Every kind of part keeps the contract by which a text VAE knows it, also one that users add."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from unvanish.config import (
    DecoderConfig,
    Decoding,
    EncoderConfig,
    ModelConfig,
    PosteriorConfig,
    PriorConfig,
    RecurrentDecoderConfig,
    UsageError,
)
from unvanish.data import Vocabulary
from unvanish.generation import SentenceWriter
from unvanish.inference import BatchPart
from unvanish.inference.batch_loss import BatchLoss
from unvanish.models import TextVAE
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


DECODERS = [
    RecurrentDecoderConfig(),
    RecurrentDecoderConfig(cell="gru", layers=2, hidden_size=6, embedding_size=4),
    RecurrentDecoderConfig(latent_enters=["output"], hidden_size=6, embedding_size=4),
    RecurrentDecoderConfig(tied=True, latent_enters=[], hidden_size=6, embedding_size=4),
]


def test_no_kind_of_decoder_is_left_out():
    assert {config.kind for config in DECODERS} == set(DecoderConfig.kinds)


@pytest.mark.parametrize("config", DECODERS, ids=str)
def test_decoders_write_word_by_word_what_they_read_at_once(config):
    decoder = config.build(vocabulary_size=VOCABULARY, latent_size=LATENT).eval()
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


class Forgetful(Decoder):
    """A decoder as a user writes one: it reads z alone, and so needs no state."""

    def __init__(self, vocabulary_size, latent_size):
        super().__init__()
        self.output = nn.Linear(latent_size, vocabulary_size)

    def forward(self, z, inputs):
        return z.unsqueeze(1).expand(-1, inputs.shape[1], -1)

    def initial_state(self, z):
        return None

    def advance(self, z, inputs, state):
        return self(z, inputs), None

    def select(self, state, rows):
        return None


@pytest.fixture
def forgetful():
    """A small model with it."""
    model = TextVAE(ModelConfig(latent_size=LATENT), vocabulary_size=VOCABULARY)
    model.decoder = Forgetful(VOCABULARY, LATENT)
    return model


def test_a_decoder_of_ones_own_is_trained_and_writes(forgetful):
    found = forgetful(TOKENS, LENGTHS)
    found.token_losses.sum().backward()
    assert forgetful.decoder.output.weight.grad.abs().sum() > 0
    vocabulary = Vocabulary.build([list("abcdefg")])
    writer = SentenceWriter(forgetful, vocabulary)
    said = writer.write(torch.randn(3, LATENT), Decoding(max_words=4))
    assert len(said) == 3


def test_one_that_embeds_no_words_cannot_be_refined(forgetful):
    with pytest.raises(UsageError, match="make it an EmbeddingDecoder"):
        BatchLoss(forgetful, None, BatchPart(SimpleNamespace(inputs=TOKENS[:, :-1]), 0, None))


def test_what_lacks_a_part_cannot_be_made():
    class Half(Decoder):
        def initial_state(self, z):
            return z

    with pytest.raises(TypeError, match="advance"):
        Half()
