import pytest
import torch

from unvanish.config import ConvolutionalEncoderConfig, UsageError
from unvanish.data import BOS, EOS, PAD
from unvanish.nn.encoders import convolutional
from unvanish.nn.encoders.convolutional import ConvolutionalEncoder

WORDS = 40
SMALL = {"embedding_size": 6, "filters": (5, 7, 8)}


def encoder(**changes):
    config = ConvolutionalEncoderConfig(**{**SMALL, **changes})
    return ConvolutionalEncoder(config, vocabulary_size=WORDS).double()


def sentence(words):
    return [BOS, *torch.randint(4, WORDS, (words,)).tolist(), EOS]


def encode(encoder, sentences, room=0):
    lengths = torch.tensor([len(each) for each in sentences])
    tokens = torch.full((len(sentences), int(lengths.max()) + room), PAD)
    for row, each in zip(tokens, sentences, strict=True):
        row[: len(each)] = torch.tensor(each)
    return encoder(tokens, lengths)


def by_loops(encoder, words):
    """The layout of Fu et al. (2019), filter by filter and place by place."""
    table = encoder.embedding.weight
    found = torch.stack([table[word] / table[word].norm() for word in words])
    last = len(encoder.convolutions) - 1
    for level, layer in enumerate(encoder.convolutions):
        width, stride = layer.kernel_size[0], layer.stride[0]
        starts = range(0, len(found) - width + 1, stride)
        rows = [
            [(filter_ * found[k : k + width].T).sum() + b for filter_, b in pairs]
            for k in starts
            for pairs in [list(zip(layer.weight, layer.bias, strict=True))]
        ]
        found = torch.stack([torch.stack(row) for row in rows])
        found = found.tanh() if level == last else found.clamp(min=0)
    return found


@pytest.mark.parametrize("words", [1, 9, 15, 16])
def test_short_sentences_are_read_on_25_positions_as_in_the_paper(words):
    model, given = encoder(), sentence(words)
    laid_out = [PAD] * 4 + given[1:]
    laid_out += [PAD] * (25 - len(laid_out))
    expected = by_loops(model, laid_out)
    assert expected.shape == (1, 8)
    torch.testing.assert_close(encode(model, [given]), expected)


@pytest.mark.parametrize("words", [17, 18, 30])
def test_longer_ones_give_the_greatest_values_of_all_places(words):
    model, given = encoder(), sentence(words)
    laid_out = [PAD] * 4 + given[1:]
    size = 25
    while size < len(laid_out) + 4:
        size += 4
    expected = by_loops(model, laid_out + [PAD] * (size - len(laid_out)))
    assert len(expected) == 1 + (size - 25) // 4 > 1
    torch.testing.assert_close(encode(model, [given]), expected.amax(0, keepdim=True))


@pytest.mark.parametrize("changes", [{}, {"widths": (2, 3, 1), "strides": (1, 3, 2)}])
def test_features_depend_on_the_sentence_alone(changes):
    model = encoder(**changes)
    sentences = [sentence(words) for words in (1, 3, 16, 17, 21, 40)]
    together = encode(model, sentences, room=9)
    for given, features in zip(sentences, together, strict=True):
        torch.testing.assert_close(encode(model, [given])[0], features)
    lengths = torch.tensor([len(each) for each in sentences])
    unclean = torch.randint(4, WORDS, (len(sentences), 60))
    for row, each in zip(unclean, sentences, strict=True):
        row[: len(each)] = torch.tensor(each)
    torch.testing.assert_close(model(unclean, lengths), together)


@pytest.mark.parametrize("words", [1, 16, 17, 18, 19, 20, 21, 40])
@pytest.mark.parametrize("place", [0, -1])
def test_first_and_last_word_are_read_however_long_the_sentence_is(words, place):
    model, given = encoder(), sentence(words)
    position = 1 + place % words
    others = [[*given[:position], word, *given[position + 1 :]] for word in range(4, WORDS)]
    features = encode(model, others)
    assert len({tuple(row) for row in features.tolist()}) > 1


def test_the_begin_symbol_is_not_read():
    model, given = encoder(), sentence(5)
    torch.testing.assert_close(encode(model, [given]), encode(model, [[7, *given[1:]]]))
    assert not torch.allclose(encode(model, [given]), encode(model, [[*given[:-1], 7]]))


def test_normalized_vectors_have_no_length():
    model, given = encoder(), sentence(5)
    plain = encoder(normalized=False)
    plain.load_state_dict(model.state_dict())
    before, before_plain = encode(model, [given]), encode(plain, [given])
    with torch.no_grad():
        model.embedding.weight.mul_(torch.rand(WORDS, 1) + 0.5)
        plain.load_state_dict(model.state_dict())
    torch.testing.assert_close(encode(model, [given]), before)
    assert not torch.allclose(encode(plain, [given]), before_plain)


def test_gradients_reach_every_parameter():
    model = encoder()
    encode(model, [sentence(words) for words in (3, 30)]).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in model.parameters())


def test_the_papers_sizes():
    model = ConvolutionalEncoder(ConvolutionalEncoderConfig(), vocabulary_size=9)
    assert [tuple(layer.weight.shape) for layer in model.convolutions] == [
        (300, 256, 5),
        (600, 300, 5),
        (900, 600, 4),
    ]
    assert model.features_size == 900


def test_padding_is_that_of_the_vocabulary():
    assert convolutional._PADDING == PAD


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"filters": ()}, "at least one convolution"),
        ({"widths": (5, 5)}, "widths=.* give 3, one for each"),
        ({"strides": (2, 0, 1)}, "strides=.* at least 1 for each"),
        ({"embedding_size": 0}, "embedding_size=0"),
    ],
)
def test_impossible_sizes_are_refused(changes, message):
    with pytest.raises(UsageError, match=message):
        ConvolutionalEncoderConfig(**changes)
