"""Steps against a loop written by hand, and the way back against torch's own."""

import pytest
import torch

from unvanish.config import SemiAmortizedConfig
from unvanish.inference.variational_steps import GaussianParameters, back_through, descend

EXACT = {"second_order_clip": None, "difference": 1e-6}


@pytest.fixture
def problem():
    """A loss that is no quadratic function, of q(z|x) and a parameter, another at every step."""
    weight = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    begin = GaussianParameters(*torch.randn(2, 5, 3, dtype=torch.float64))

    def loss(k, at):
        inner = torch.tanh(at.mean @ weight) + torch.sin(at.logvar @ weight) * (k + 1)
        return (inner**2).mean() + 0.1 * (at.logvar.cosh() + at.mean**2).mean()

    return loss, begin, weight


def by_torch(problem, config, last, second=True):
    """Gradients of a last loss for where the steps begin and for the parameter."""
    loss, begin, weight = problem
    leaf = [each.clone().requires_grad_() for each in begin]
    point, velocity = leaf, [torch.zeros_like(each) for each in leaf]
    for k in range(config.steps):
        own = torch.autograd.grad(loss(k, GaussianParameters(*point)), point, create_graph=second)
        if config.clip is not None:
            own = [each * torch.clamp(config.clip / each.norm(), max=1) for each in own]
        velocity = [config.momentum * v - g for v, g in zip(velocity, own, strict=True)]
        point = [p + config.step_size * v for p, v in zip(point, velocity, strict=True)]
    total = last(GaussianParameters(*point), weight)
    return point, torch.autograd.grad(total, [*leaf, weight])


def last_loss(at, weight):
    return ((at.mean * at.logvar.sin()) @ weight).cos().sum()


def by_steps(problem, config):
    loss, begin, weight = problem
    descent = descend(loss, begin, config, [weight])
    end = GaussianParameters(*(each.requires_grad_() for each in descent.end))
    *own, first = torch.autograd.grad(last_loss(end, weight), [*end, weight])
    found, (second,) = back_through(descent, loss, GaussianParameters(*own), config, [weight])
    return descent, [*found, first + (0 if second is None else second)]


CASES = {
    "plain": {"steps": 4, "clip": None, "step_size": 0.3},
    "one": {"steps": 1, "clip": None, "momentum": 0.9},
    "no momentum": {"steps": 3, "clip": None, "momentum": 0.0, "step_size": 0.3},
    "no clipping is needed": {"steps": 3, "clip": 1e6},
    "clipped": {"steps": 5, "clip": 0.05, "step_size": 2.0},
    "some clipped": {"steps": 5, "clip": 0.6},
    "none": {"steps": 0},
}


@pytest.mark.parametrize("case", CASES)
def test_steps_and_gradients_back_through_them_are_those_of_torch(problem, case):
    config = SemiAmortizedConfig(**CASES[case], **EXACT)
    point, expected = by_torch(problem, config, last_loss)
    descent, found = by_steps(problem, config)
    for ours, theirs in zip(descent.end, point, strict=True):
        torch.testing.assert_close(ours, theirs)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-5)


def test_some_steps_of_that_case_are_clipped_and_some_are_not(problem):
    config = SemiAmortizedConfig(**CASES["some clipped"], **EXACT)
    norms = torch.tensor([float(g.mean.norm()) for g in by_steps(problem, config)[0].gradients])
    assert norms.min() < 0.6 < norms.max()


@pytest.mark.parametrize("case", ["plain", "clipped"])
def test_without_second_derivatives_the_gradients_are_others(problem, case):
    config = SemiAmortizedConfig(**CASES[case], **EXACT)
    _, first_order = by_torch(problem, config, last_loss, second=False)
    _, found = by_steps(problem, config)
    assert all((a - b).norm() > 0.1 * b.norm() for a, b in zip(found, first_order, strict=True))


def test_what_goes_back_is_no_longer_than_the_limit(problem):
    free = SemiAmortizedConfig(steps=4, clip=None, second_order_clip=None)
    bound = SemiAmortizedConfig(steps=4, clip=None, second_order_clip=0.01)
    loss, begin, weight = problem
    grad = GaussianParameters(*torch.ones(2, 5, 3, dtype=torch.float64))
    norms = []
    for config in (free, bound):
        descent = descend(loss, begin, config, [weight])
        own, (second,) = back_through(descent, loss, grad, config, [weight])
        norms.append([float(torch.cat(list(own)).norm()), float(second.norm())])
    assert min(norms[0]) > 0.01
    assert max(norms[1]) <= 0.01 * (1 + 1e-9)


def test_a_gradient_of_nothing_goes_back_as_nothing(problem):
    loss, begin, weight = problem
    config = SemiAmortizedConfig(steps=3)
    descent = descend(loss, begin, config, [weight])
    nothing = GaussianParameters(*torch.zeros(2, 5, 3, dtype=torch.float64))
    own, (second,) = back_through(descent, loss, nothing, config, [weight])
    assert all(float(each.abs().max()) < 1e-9 for each in (*own, second))  # sums are rounded


def test_a_tensor_that_plays_no_part_has_no_gradient(problem):
    loss, begin, weight = problem
    aside = torch.ones(2, requires_grad=True)
    config = SemiAmortizedConfig(steps=2)
    descent = descend(loss, begin, config, [aside, weight])
    _, others = back_through(descent, loss, begin, config, [aside, weight])
    assert descent.others[0] is others[0] is None
    assert others[1] is not None
