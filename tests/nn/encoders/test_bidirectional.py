import pytest
import torch

from unvanish.config import BidirectionalUtteranceEncoderConfig
from unvanish.nn.encoders.bidirectional import BidirectionalEncoder


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_reads_every_sequence_as_if_it_were_alone(cell):
    """The last state of one direction, and of the other over the sequence turned round."""
    torch.manual_seed(1)
    config = BidirectionalUtteranceEncoderConfig(cell=cell, hidden_size=5)
    encoder = BidirectionalEncoder(config, input_size=3)
    assert encoder.features_size == 10
    vectors, lengths = torch.randn(4, 6, 3), torch.tensor([2, 6, 1, 4])
    features = encoder(vectors, lengths)
    vectors[0, 2:] = 100.0
    torch.testing.assert_close(encoder(vectors, lengths), features)
    one_way = (torch.nn.LSTM if cell == "lstm" else torch.nn.GRU)(3, 5, batch_first=True)
    for suffix, columns in (("", slice(0, 5)), ("_reverse", slice(5, 10))):
        own = {name: getattr(encoder.layers, name + suffix) for name in one_way.state_dict()}
        one_way.load_state_dict(own)
        for row, length in enumerate(lengths.tolist()):
            read = vectors[row : row + 1, :length]
            states, _ = one_way(read.flip(1) if suffix else read)
            torch.testing.assert_close(features[row, columns], states[0, -1])
