import math

import pytest
import torch
from scipy.stats import chisquare

from unvanish.data import BOS, EOS, PAD
from unvanish.generation import Decoding, generate_tokens, word_probabilities


def reference(logits, temperature=1.0, top_k=None, top_p=None):
    """The definition, word by word in plain Python."""
    weights = {
        word: math.exp(value / temperature)
        for word, value in enumerate(logits)
        if word not in (PAD, BOS)
    }
    order = sorted(weights, key=lambda word: -weights[word])[:top_k]
    total = sum(weights[word] for word in order)
    kept, share = [], 0.0
    for word in order:
        kept.append(word)
        share += weights[word] / total
        if top_p is not None and share >= top_p:
            break
    total = sum(weights[word] for word in kept)
    return [weights[word] / total if word in kept else 0.0 for word in range(len(logits))]


SETTINGS = [
    {},
    {"temperature": 0.5},
    {"temperature": 3.0},
    {"top_k": 3},
    {"top_k": 100},
    {"top_p": 0.7},
    {"top_p": 1.0},
    {"top_p": 1e-9},
    {"temperature": 2.0, "top_k": 5, "top_p": 0.8},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_probabilities_are_those_of_the_definition(settings):
    logits = torch.randn(50, 12, dtype=torch.float64) * 2
    measured = word_probabilities(logits, Decoding("sampling", **settings))
    expected = torch.tensor([reference(row, **settings) for row in logits.tolist()])
    torch.testing.assert_close(measured, expected.double(), atol=1e-7, rtol=1e-7)


@pytest.mark.parametrize("settings", SETTINGS)
def test_words_are_drawn_with_these_probabilities(model, settings):
    n = 20_000
    z = torch.randn(1, 4).double()
    decoding = Decoding("sampling", max_words=1, **settings)
    generator = torch.Generator().manual_seed(0)
    rows = generate_tokens(model, z.expand(n, 4), decoding, generator=generator, batch_size=n)
    counts = torch.bincount(rows[:, 0], minlength=12).double()
    with torch.no_grad():
        logits = model.decoder.output(model.decoder(z, torch.tensor([[BOS]]))[0, 0])
    expected = n * torch.tensor(reference(logits.tolist(), **settings), dtype=torch.float64)
    allowed = expected > 0
    assert counts[~allowed].sum() == 0
    if allowed.sum() > 1:
        assert chisquare(counts[allowed], expected[allowed]).pvalue > 0.001
        other = torch.ones(int(allowed.sum()), dtype=torch.float64) * n / allowed.sum()
        assert chisquare(counts[allowed], other).pvalue < 1e-6


def test_of_equally_probable_words_the_first_are_kept():
    logits = torch.zeros(1, 8)
    expected = [[0, 0.5, 0, 0.5, 0, 0, 0, 0]]
    assert word_probabilities(logits, Decoding("sampling", top_k=2)).tolist() == expected
    assert word_probabilities(logits, Decoding("sampling", top_p=0.3)).tolist() == expected


@pytest.mark.parametrize("temperature", [1e-6, 1e-40, 1e-300])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_tiny_temperatures_leave_no_nan(temperature, scale):
    logits = scale * torch.randn(100, 20)
    probabilities = word_probabilities(logits, Decoding("sampling", temperature=temperature))
    assert torch.isfinite(probabilities).all()
    torch.testing.assert_close(probabilities.sum(1), torch.ones(100).double())


def test_the_noise_is_where_on_the_distribution_function_the_word_stands(model):
    z = torch.randn(1, 4).double().expand(1001, 4)
    noise = torch.linspace(0, 1 - 2**-53, 1001, dtype=torch.float64).unsqueeze(1)
    decoding = Decoding("sampling", max_words=1)
    words = generate_tokens(model, z, decoding, noise=noise)[:, 0]
    assert (words.diff() >= 0).all()
    assert words[0] == 1
    assert words[-1] == 11
    assert EOS in words
