import pytest
import torch

from unvanish.config import UsageError
from unvanish.data import BOS, EOS, PAD
from unvanish.generation import Decoding, generate_tokens


def greedy_by_hand(model, z, max_words):
    words = [BOS]
    while len(words) <= max_words and words[-1] != EOS:
        with torch.no_grad():
            features = model.decoder(z.unsqueeze(0), torch.tensor([words]))
            logits = model.decoder.output(features[0, -1])
        logits[[PAD, BOS]] = -torch.inf
        words.append(int(logits.argmax()))
    return words[1:]


@pytest.mark.parametrize(
    "decoding",
    [
        Decoding(max_words=8),
        Decoding("sampling", temperature=0, max_words=8),
        Decoding("sampling", temperature=1e-6, max_words=8),
        Decoding("sampling", temperature=1e-40, max_words=8),
        Decoding("sampling", top_k=1, max_words=8),
        Decoding("sampling", top_p=1e-9, max_words=8),
        Decoding("beam", beam_size=1, max_words=8),
        Decoding("beam", beam_size=1, length_penalty=2.0, max_words=8),
    ],
)
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_all_that_is_greedy_takes_the_most_probable_word_each_time(make_model, decoding, cell):
    model = make_model(**{"decoder.cell": cell, "decoder.layers": 2})
    z = torch.randn(9, 4).double()
    written = generate_tokens(model, z, decoding, batch_size=4)
    for row in range(len(z)):
        expected = greedy_by_hand(model, z[row], 8)
        assert written[row].tolist() == (expected + [EOS] * 9)[: written.shape[1]]


EVERY_STRATEGY = [
    Decoding(max_words=7),
    Decoding("sampling", temperature=2.0, max_words=7),
    Decoding("sampling", top_k=4, top_p=0.9, max_words=7),
    Decoding("beam", beam_size=3, max_words=7),
    Decoding("beam", beam_size=4, length_penalty=1.0, max_words=7),
]


@pytest.mark.parametrize("decoding", EVERY_STRATEGY)
def test_padding_and_begin_are_never_written_and_ends_stay_ended(model, decoding):
    with torch.no_grad():
        model.decoder.output.bias[[PAD, BOS]] += 5
    written = generate_tokens(model, torch.randn(200, 4).double(), decoding)
    assert not torch.isin(written, torch.tensor([PAD, BOS])).any()
    ended = (written == EOS).long().cumsum(1) > 0
    assert (written[ended] == EOS).all()
    assert 1 < (written != EOS).sum(1).max() <= 7
    assert (written[:, -1] == EOS).all()


@pytest.mark.parametrize("decoding", EVERY_STRATEGY)
@pytest.mark.parametrize("bias", [-1e4, -torch.inf])
def test_where_no_sentence_ends_it_is_ended_at_the_limit(model, decoding, bias):
    with torch.no_grad():
        model.decoder.output.bias[EOS] = bias
    written = generate_tokens(model, torch.randn(6, 4).double(), decoding)
    assert written.shape == (6, 8)
    assert (written[:, :-1] != EOS).all()
    assert (written[:, -1] == EOS).all()


@pytest.mark.parametrize("decoding", EVERY_STRATEGY)
def test_a_sentence_does_not_depend_on_those_beside_it(model, decoding):
    z, noise = torch.randn(13, 4).double(), torch.rand(13, 7).double()
    together = generate_tokens(model, z, decoding, noise=noise)
    assert len({tuple(row) for row in together.tolist()}) > 3
    for size in (1, 5):
        assert torch.equal(
            together, generate_tokens(model, z, decoding, noise=noise, batch_size=size)
        )
    order = torch.randperm(13)
    again = generate_tokens(model, z[order], decoding, noise=noise[order])
    assert torch.equal(together[order], again)


def test_the_generator_decides_the_draws(model):
    z = torch.randn(20, 4).double()
    decoding = Decoding("sampling", max_words=6)
    one, two, other = (
        generate_tokens(model, z, decoding, generator=torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    )
    assert torch.equal(one, two)
    assert one.shape != other.shape or not torch.equal(one, other)


def test_nothing_gives_nothing(model):
    for decoding in EVERY_STRATEGY:
        assert len(generate_tokens(model, torch.empty(0, 4).double(), decoding)) == 0


def test_the_result_is_an_ordinary_tensor_and_the_mode_comes_back(model):
    model.train()
    for decoding in EVERY_STRATEGY:
        generate_tokens(model, torch.randn(2, 4).double(), decoding)[0, 0] = 5
    assert model.training


def test_noise_of_another_shape_and_batches_of_none_are_refused(model):
    z = torch.zeros(2, 4).double()
    with pytest.raises(ValueError, match=r"noise has shape \(2, 3\): give \(2, 100\)"):
        generate_tokens(model, z, Decoding("sampling"), noise=torch.rand(2, 3).double())
    with pytest.raises(UsageError, match="batch_size=0"):
        generate_tokens(model, z, batch_size=0)
