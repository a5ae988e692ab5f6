import math

import pytest
import torch

from unvanish.config import OptimizerConfig, UsageError
from unvanish.schedules import Constant, Cyclical, Monotonic
from unvanish.training.optimizers import build_optimizer, clip_and_step, learning_rate_factor


@pytest.mark.parametrize(
    ("name", "kind"),
    [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW), ("radam", torch.optim.RAdam)],
)
def test_settings_reach_the_optimizer(name, kind):
    config = OptimizerConfig(
        name=name, learning_rate=0.02, betas=(0.5, 0.6), eps=1e-5, weight_decay=0.1
    )
    optimizer = build_optimizer(config, torch.nn.Linear(2, 2).parameters())
    assert type(optimizer) is kind
    group = optimizer.param_groups[0]
    found = (group["lr"], group["betas"], group["eps"], group["weight_decay"])
    assert found == (0.02, (0.5, 0.6), 1e-5, 0.1)


def test_adam_takes_the_textbook_step():
    """Kingma and Ba, algorithm 1, by hand over three steps."""
    parameter = torch.nn.Parameter(torch.tensor([1.0]))
    optimizer = build_optimizer(OptimizerConfig(learning_rate=0.1), [parameter])
    x, m, v = 1.0, 0.0, 0.0
    for t in range(1, 4):
        optimizer.zero_grad()
        (parameter**2).sum().backward()
        optimizer.step()
        gradient = 2 * x
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        x -= 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert parameter.item() == pytest.approx(x, rel=1e-5)


def test_the_learning_rate_restarts_with_the_beta_cycles():
    config = OptimizerConfig(schedule="cosine-restarts")
    factor = learning_rate_factor(config, Cyclical(40, 4, 0.5), total_steps=40, steps_per_epoch=4)
    expected = [0.5 * (1 + math.cos(math.pi * (step % 10) / 10)) for step in range(40)]
    assert [factor(step) for step in range(40)] == pytest.approx(expected)


def test_without_cycles_it_falls_once_over_the_run():
    config = OptimizerConfig(schedule="cosine-restarts")
    for beta in (Monotonic(0.5, 20), Constant(1.0)):
        factor = learning_rate_factor(config, beta, total_steps=20, steps_per_epoch=2)
        expected = [0.5 * (1 + math.cos(math.pi * step / 20)) for step in range(20)]
        assert [factor(step) for step in range(20)] == pytest.approx(expected)


@pytest.mark.parametrize("beta", [Monotonic(0.5, 23), Cyclical(23, 4, 0.5)])
def test_cycles_of_its_own_are_counted_in_epochs(beta):
    config = OptimizerConfig(schedule="cosine-restarts", cycle_epochs=2)
    factor = learning_rate_factor(config, beta, total_steps=23, steps_per_epoch=5)
    expected = [0.5 * (1 + math.cos(math.pi * (step % 10) / 10)) for step in range(23)]
    assert [factor(step) for step in range(23)] == pytest.approx(expected)


@pytest.mark.parametrize("settings", [{"cycle_epochs": 2}, {"cycle_epochs": 0}])
def test_cycles_that_nothing_follows_are_refused(settings):
    with pytest.raises(UsageError, match="cycle_epochs"):
        OptimizerConfig(**settings)


def test_a_constant_learning_rate_ignores_the_cycles():
    factor = learning_rate_factor(
        OptimizerConfig(), Cyclical(40), total_steps=40, steps_per_epoch=4
    )
    assert {factor(step) for step in range(41)} == {1.0}


@pytest.mark.parametrize("largest", [None, 0.3, 1e3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", ["adam", "adamw", "radam"])
def test_clipping_inside_the_optimizer_is_that_of_torch(name, dtype, largest):
    """Over steps whose gradients differ in size, for what is clipped reaches the moments too."""
    begin = [torch.randn(4, 3, dtype=dtype), torch.randn(5, dtype=dtype)]
    ours, theirs = ([torch.nn.Parameter(each.clone()) for each in begin] for _ in range(2))
    unused = torch.nn.Parameter(torch.ones(2, dtype=dtype))
    config = OptimizerConfig(name=name, learning_rate=0.05)
    one, two = build_optimizer(config, [*ours, unused]), build_optimizer(config, theirs)
    for step in range(4):
        for mine, other in zip(ours, theirs, strict=True):
            mine.grad = torch.randn_like(mine) * 10.0 ** (step - 2)
            other.grad = mine.grad.clone()
        norm = clip_and_step(one, largest)
        limit = math.inf if largest is None else largest
        expected = torch.nn.utils.clip_grad_norm_(theirs, limit)
        two.step()
        torch.testing.assert_close(norm, expected)
        torch.testing.assert_close(ours, theirs)
    assert torch.equal(unused.detach(), torch.ones(2, dtype=dtype))
