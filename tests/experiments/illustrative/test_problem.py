"""The ten sequences, the model, the schedules and the settings."""

import math

import pytest
import torch

from unvanish.config import UsageError
from unvanish.experiments.illustrative.problem import (
    LEAST_LOSS,
    MODEL,
    SCHEDULES,
    VOCABULARY,
    Settings,
    make_model,
    schedules,
    sequences,
)


def test_ten_sequences_have_their_one_at_ten_places():
    tokens, lengths = sequences()
    words = [VOCABULARY.decode(row) for row in tokens.tolist()]
    assert words == [["1" if k == n else "0" for k in range(10)] for n in range(10)]
    assert lengths.tolist() == [12] * 10
    assert math.log(10) == LEAST_LOSS


def test_stated_sizes_are_the_papers():
    assert MODEL.latent_size == 2
    for part in (MODEL.encoder, MODEL.decoder):
        assert (part.cell, part.layers, part.hidden_size) == ("lstm", 2, 64)


def test_schedules_are_those_of_figure_2():
    made = schedules(40_000)
    assert tuple(made) == SCHEDULES
    at = {name: [schedule(t) for t in (0, 5_000, 10_000)] for name, schedule in made.items()}
    assert at["constant"] == [1.0, 1.0, 1.0]
    assert at["monotonic"] == [0.0, 0.5, 1.0]
    assert at["cyclical"] == [0.0, 1.0, 0.0]
    assert made["cyclical"](2_500) == 0.5
    assert all(schedule(t) == 1.0 for schedule in made.values() for t in (39_999, 40_000, 50_000))


def test_marks_are_the_shares_of_figure_4():
    assert Settings(steps=40_000).marks == (1_000, 10_000, 11_000, 20_000, 31_000, 40_000)
    assert Settings(steps=40, hold=5).marks == (1, 10, 11, 20, 31, 40, 45)


def test_updates_count_all_runs():
    assert Settings(steps=100, hold=20, seeds=2).updates == 120 * 2 * 3


@pytest.mark.parametrize(
    "setting",
    [
        {"steps": 39},
        {"hold": -1},
        {"seeds": 0},
        {"seed": -1},
        {"learning_rate": 0.0},
        {"gradient_clip": 0.0},
        {"draws": 1},
        {"windows": 0},
    ],
)
def test_settings_outside_their_range_are_refused(setting):
    with pytest.raises(UsageError, match=next(iter(setting))):
        Settings(**setting)


def test_a_seed_makes_one_model_and_leaves_other_random_numbers_alone():
    torch.manual_seed(7)
    expected = torch.rand(2)
    torch.manual_seed(7)
    one, same, other = make_model(1), make_model(1), make_model(2)
    assert torch.equal(torch.rand(2), expected)
    assert torch.equal(one.decoder.output.weight, same.decoder.output.weight)
    assert not torch.equal(one.decoder.output.weight, other.decoder.output.weight)
