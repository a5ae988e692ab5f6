import math

import pytest
import torch

from unvanish.config import OptimizerConfig
from unvanish.schedules import Cyclical
from unvanish.training.scheduled_optimizer import ScheduledOptimizer


def build(**settings):
    layer = torch.nn.Linear(2, 1, bias=False)
    config = OptimizerConfig(learning_rate=0.5, **settings)
    beta = Cyclical(20, 2, 0.5)
    made = ScheduledOptimizer(config, layer.parameters(), beta, total_steps=20, steps_per_epoch=4)
    return layer, made


@pytest.mark.parametrize("interval", ["step", "epoch"])
def test_the_learning_rate_is_read_as_often_as_the_settings_say(interval):
    _, made = build(schedule="cosine-restarts", interval=interval)
    for step in range(20):
        made.begin(step)
        read_at = step if interval == "step" else step // 4 * 4
        expected = 0.25 * (1 + math.cos(math.pi * (read_at % 10) / 10))
        assert made.learning_rate == pytest.approx(expected)


def test_gradients_are_forgotten_and_clipped():
    layer, made = build(gradient_clip=1.0, name="adam")
    norms = []
    for _ in range(2):
        made.begin(0)
        assert layer.weight.grad is None
        (layer.weight * torch.tensor([[30.0, 40.0]])).sum().backward()
        norms.append(float(made.clip_and_step()))
    assert norms == pytest.approx([50.0, 50.0])
    (moments,) = made.optimizer.state_dict()["state"].values()
    clipped = torch.tensor([[0.6, 0.8]])
    torch.testing.assert_close(moments["exp_avg"], clipped * (1 - 0.9**2))
