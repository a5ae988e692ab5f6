import torch

from unvanish.config import RecurrentContextEncoderConfig
from unvanish.nn.encoders.context import ContextEncoder


def test_gives_the_state_after_the_last_utterance():
    torch.manual_seed(1)
    encoder = ContextEncoder(RecurrentContextEncoderConfig(hidden_size=7), input_size=3)
    utterances, counts = torch.randn(3, 4, 3), torch.tensor([1, 4, 2])
    floors = torch.tensor([[True] * 4, [False, True, False, True], [True, False, True, True]])
    features = encoder(utterances, floors, counts)
    for row, count in enumerate(counts.tolist()):
        bits = torch.tensor([[0.0, 1.0] if own else [1.0, 0.0] for own in floors[row, :count]])
        read = torch.cat([utterances[row, :count], bits], dim=1)
        torch.testing.assert_close(features[row], encoder.layers(read.unsqueeze(0))[0][0, -1])
    assert encoder.features_size == 7
    assert not torch.allclose(encoder(utterances, ~floors, counts), features)
