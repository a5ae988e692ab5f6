import pytest
import torch

from unvanish.config import RecurrentDecoderConfig
from unvanish.nn.decoders.recurrent import RecurrentDecoder


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 2])
def test_selected_rows_go_on_as_their_sentences_would(cell, layers):
    config = RecurrentDecoderConfig(cell=cell, embedding_size=5, hidden_size=7, layers=layers)
    decoder = RecurrentDecoder(config, vocabulary_size=11, latent_size=3).eval()
    z, words = torch.randn(4, 3), torch.randint(4, 11, (4, 6))
    _, state = decoder.advance(z, words[:, :5], decoder.initial_state(z))
    rows = torch.tensor([3, 1, 1, 0, 3])
    features, _ = decoder.advance(z[rows], words[rows, 5:], decoder.select(state, rows))
    whole = decoder(z, words)[:, 5:]
    torch.testing.assert_close(features, whole[rows])
    assert not torch.allclose(features, whole[[3, 1, 2, 0, 3]])


@pytest.mark.parametrize("enters", [(), ("initial-state",), ("inputs", "output")])
def test_words_embedded_once_serve_many_z(enters):
    config = RecurrentDecoderConfig(embedding_size=5, hidden_size=7, latent_enters=enters)
    decoder = RecurrentDecoder(config, vocabulary_size=11, latent_size=3).eval()
    words = torch.randint(4, 11, (4, 6))
    embedded = decoder.embed(words)
    for z in torch.randn(2, 4, 3):
        assert torch.equal(decoder.unroll(z, embedded), decoder(z, words))
