import math
from itertools import product

import pytest
import torch

from unvanish.data import BOS, EOS, PAD, UNK
from unvanish.generation import Decoding, beam_search, length_penalty

WORDS = (UNK, 4, 5)
LONGEST = 3
EVERY = [words for n in range(LONGEST + 1) for words in product(WORDS, repeat=n)]


def log_probs(model, z, sentences):
    """log p(x|z) of each sentence as the model's own loss gives it."""
    longest = max(map(len, sentences)) + 2
    rows = [[BOS, *words, EOS] for words in sentences]
    tokens = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])
    lengths = torch.tensor([len(row) for row in rows])
    with torch.no_grad():
        return -model.decode(z.expand(len(rows), -1), tokens, lengths).sum(1)


def words_of(row):
    return tuple(word for word in row.tolist() if word != EOS)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
def test_a_beam_that_is_wide_enough_finds_the_best_of_all(make_model, cell, alpha):
    model = make_model(6, **{"decoder.cell": cell, "decoder.layers": 2, "initial_range": 1.5})
    with torch.no_grad():
        model.decoder.output.bias[[PAD, BOS]] -= 9  # as after training
    decoding = Decoding("beam", beam_size=len(EVERY), length_penalty=alpha, max_words=LONGEST)
    penalties = torch.tensor([((5 + len(words) + 1) / 6) ** alpha for words in EVERY])
    z, met = torch.randn(8, 4).double(), set()
    for _ in range(6):
        found = beam_search(model, z, decoding)
        for row in range(len(z)):
            scores = log_probs(model, z[row], EVERY) / penalties
            best = int(scores.argmax())
            assert words_of(found.tokens[row]) == EVERY[best]
            torch.testing.assert_close(found.score[row], scores[best])
            met.add(EVERY[best])
        with torch.no_grad():
            model.decoder.output.bias[EOS] -= 2
    assert len({len(words) for words in met}) > 1


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_the_score_is_the_models_own_log_probability(model, size, alpha):
    z = torch.randn(15, 4).double()
    decoding = Decoding("beam", beam_size=size, length_penalty=alpha, max_words=6)
    found = beam_search(model, z, decoding)
    for row in range(len(z)):
        words = words_of(found.tokens[row])
        expected = log_probs(model, z[row], [words])[0]
        torch.testing.assert_close(found.log_prob[row], expected)
        penalty = ((5 + len(words) + 1) / 6) ** alpha
        torch.testing.assert_close(found.score[row], expected / penalty)


def plain_beam(model, z, size, alpha, max_words):
    """The same search for one z with lists, every prefix read from its beginning, no early stop."""
    live, ended = [((), 0.0)], []
    for length in range(max_words + 1):
        candidates = []
        for words, total in live:
            with torch.no_grad():
                features = model.decoder(z.unsqueeze(0), torch.tensor([[BOS, *words]]))
                values = model.decoder.output(features[0, -1]).log_softmax(0).tolist()
            for word, value in enumerate(values):
                if word not in (PAD, BOS) and (length < max_words or word == EOS):
                    candidates.append(((*words, word), total + value))
        best = sorted(candidates, key=lambda pair: -pair[1])[: size - len(ended)]
        if length == max_words:
            best = candidates
        ended += [pair for pair in best if pair[0][-1] == EOS]
        live = [pair for pair in best if pair[0][-1] != EOS]
    words, total = max(ended, key=lambda pair: pair[1] / ((5 + len(pair[0])) / 6) ** alpha)
    return words[:-1], total


@pytest.mark.parametrize("size", [2, 3, 6])
@pytest.mark.parametrize("alpha", [0.0, 1.0, 3.0])
def test_narrow_beams_keep_what_a_search_with_lists_keeps(model, size, alpha):
    z = torch.randn(12, 4).double()
    decoding = Decoding("beam", beam_size=size, length_penalty=alpha, max_words=5)
    found = beam_search(model, z, decoding)
    for row in range(len(z)):
        words, total = plain_beam(model, z[row], size, alpha, 5)
        assert words_of(found.tokens[row]) == words
        assert float(found.log_prob[row]) == pytest.approx(total)


def test_a_beam_beats_greedy_on_the_whole(model):
    z = torch.randn(100, 4).double()
    greedy, beam = (
        beam_search(model, z, Decoding("beam", beam_size=size, max_words=6)).log_prob
        for size in (1, 8)
    )
    assert beam.mean() > greedy.mean() + 0.1
    assert (beam > greedy + 1e-9).any()


def test_a_greater_penalty_gives_longer_sentences(model):
    z = torch.randn(100, 4).double()
    means = []
    for alpha in (0.0, 1.0, 5.0):
        decoding = Decoding("beam", beam_size=8, length_penalty=alpha, max_words=10)
        means.append(float((beam_search(model, z, decoding).tokens != EOS).double().sum(1).mean()))
    assert means[0] < means[1] < means[2]


def test_the_penalty_by_hand():
    assert length_penalty(1, 0.7) == 1.0
    assert length_penalty(13, 1.0) == 3.0
    assert length_penalty(19, 0.5) == 2.0


def test_a_sentence_that_cannot_end_has_probability_zero(model):
    with torch.no_grad():
        model.decoder.output.bias[EOS] = -torch.inf
    found = beam_search(model, torch.randn(3, 4).double(), Decoding("beam", max_words=4))
    assert found.log_prob.isneginf().all()
    assert not found.score.isnan().any()


def test_a_sentence_under_way_may_overtake_one_that_has_ended(make_model):
    """With p(end) = 0.48 and p(word) = 0.52 at every place the score first falls, then rises."""
    model = make_model(5)
    with torch.no_grad():
        for parameter in model.decoder.parameters():
            parameter.zero_()
        model.decoder.output.bias[:] = torch.tensor([0, 0, 0, 0.48, 0.52]).log()
    decoding = Decoding("beam", beam_size=2, length_penalty=2.0, max_words=30)
    found = beam_search(model, torch.zeros(1, 4).double(), decoding)
    assert words_of(found.tokens[0]) == (4,) * 30
    expected = (30 * math.log(0.52) + math.log(0.48)) / 6**2
    assert float(found.score[0]) == pytest.approx(expected)
    short = Decoding("beam", beam_size=2, length_penalty=2.0, max_words=10)
    found = beam_search(model, torch.zeros(1, 4).double(), short)
    assert words_of(found.tokens[0]) == ()
