"""Random numbers of sentences: whose they are, and that they are random."""

import math

import pytest
import torch

from unvanish.nn import KeyedNoise
from unvanish.nn.keyed_noise import _hash

MANY = torch.arange(4_000)


def noise(seed=1, step=0, sentences=MANY):
    return KeyedNoise.of(seed, step, sentences)


def split_mix(state: int, numbers: int) -> list[int]:
    """SplitMix64 as its paper writes it, in whole numbers of any size."""
    mask, out = 2**64 - 1, []
    for _ in range(numbers):
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        out.append(z ^ (z >> 31))
    return out


def test_bits_are_those_of_split_mix():
    assert split_mix(1234567, 2) == [6457827717110365317, 3203168211198807973]  # its published test
    source = noise(sentences=torch.tensor([5, 0]))
    found = source._bits("z", 20)
    for row, key in zip(found, source.keys, strict=True):
        expected = split_mix((int(key) ^ _hash("z")) & (2**64 - 1), 20)
        assert [int(number) & (2**64 - 1) for number in row] == expected


def test_a_sentence_has_its_numbers_wherever_it_stands():
    order = torch.tensor([7, 3, 900, 0])
    for draw in (
        lambda source: source.normal("z", 5),
        lambda source: source.kept("output", (3, 7), 0.3),
    ):
        whole = draw(noise())
        assert torch.equal(draw(noise(sentences=order)), whole[order])
        assert torch.equal(draw(noise(sentences=order[2:])), whole[order[2:]])


def test_a_longer_batch_begins_with_the_choice_of_a_shorter_one():
    long, short = noise().kept("x", (9, 6), 0.5), noise().kept("x", (4, 6), 0.5)
    assert torch.equal(long[:, :4], short)


@pytest.mark.parametrize("other", [{"seed": 2}, {"step": 1}, {"sentences": MANY + 4_000}])
def test_other_seeds_steps_and_sentences_have_other_numbers(other):
    one, two = noise().normal("z", 8), noise(**other).normal("z", 8)
    assert not torch.equal(one, two)
    correlation = torch.corrcoef(torch.stack([one.flatten(), two.flatten()]))[0, 1]
    assert abs(correlation) < 4 / math.sqrt(one.numel())


def test_names_have_numbers_of_their_own():
    one, two = noise().normal("z", 8).flatten(), noise().normal("w", 8).flatten()
    assert abs(torch.corrcoef(torch.stack([one, two]))[0, 1]) < 4 / math.sqrt(len(one))


@pytest.mark.parametrize("size", [1, 2, 7, 32])
def test_normal_numbers_are_normal_and_independent(size):
    drawn = noise().normal("z", size)
    assert drawn.shape == (4_000, size)
    assert drawn.dtype == torch.float32
    numbers = drawn.flatten().double().sort().values
    steps = torch.arange(1, len(numbers) + 1) / len(numbers)
    distance = (torch.special.ndtr(numbers) - steps).abs().max()
    assert distance < 1.95 / math.sqrt(len(numbers))  # Kolmogorov and Smirnov, at 0.001
    error = 4.5 / math.sqrt(4_000)
    assert (drawn.mean(0)).abs().max() < error
    covariance = drawn.T.double() @ drawn.double() / 4_000
    assert (covariance - torch.eye(size)).abs().max() < 1.5 * error
    following = (drawn[:-1] * drawn[1:]).mean()  # sentences that follow each other
    assert abs(following) < 4 / math.sqrt(drawn.numel())


@pytest.mark.parametrize("drop", [0.5, 0.1, 0.73, 1 / 3])
def test_dropout_keeps_its_share_in_every_place(drop):
    kept = noise().kept("x", (5, 3), drop)
    assert kept.dtype == torch.bool
    error = math.sqrt(drop * (1 - drop) / 4_000)
    assert abs(kept.double().mean() - (1 - drop)) < 4 * error / math.sqrt(15)
    assert (kept.double().mean(0) - (1 - drop)).abs().max() < 4.5 * error


def test_what_is_almost_always_dropped_is_dropped():
    assert float(noise().kept("x", (500,), 0.999999).float().mean()) == 0.0


def test_numbers_are_the_same_in_any_number_of_threads():
    before = torch.get_num_threads()
    one = noise().normal("z", 9)
    torch.set_num_threads(2)
    try:
        assert torch.equal(noise().normal("z", 9), one)
    finally:
        torch.set_num_threads(before)
