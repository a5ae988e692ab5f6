"""The q(z|x) that a run of semi-amortized inference is measured with."""

import pytest
import torch

from unvanish.config import AmortizedConfig, Config, SemiAmortizedConfig, override
from unvanish.inference import Refinement, SemiAmortizedInference, refinement_of
from unvanish.nn import DiagonalGaussian, KeyedNoise, evaluating


@pytest.fixture
def refine(model, batch):
    """Refine the encoder's q(z|x) of the sentences of a batch."""

    def refined(rows=slice(None), **settings):
        part = batch._rows(torch.arange(len(batch))[rows])
        inference = SemiAmortizedInference(SemiAmortizedConfig(**settings))
        with evaluating(model, differentiable=True):
            posterior = model.encode(part.tokens, part.lengths)
            return Refinement(inference, 4)(model, part, posterior, seed=3)

    return refined


def loss(model, batch, posterior, draws=80):
    """Estimate -elbo of every sentence."""
    generator = torch.Generator().manual_seed(0)
    total = 0
    with evaluating(model):
        for _ in range(draws):
            made = model.forward_from(posterior, batch.tokens, batch.lengths, generator=generator)
            total = total + made.token_losses.sum(-1) + made.posterior.kl(made.prior)
    return total / draws


def test_the_bound_is_better_for_it(model, batch, refine):
    with evaluating(model):
        before = loss(model, batch, model.encode(batch.tokens, batch.lengths))
    few, many = (loss(model, batch, refine(steps=steps)) for steps in (3, 30))
    assert few.mean() < before.mean() - 0.05
    assert many.mean() < few.mean()


def test_steps_are_those_of_a_loop_at_beta_1(model, batch, refine):
    """Each sentence counts a fourth, as in batches of 4 in training, though there are 5."""
    model.eval()
    noise = KeyedNoise.of(3, -1, batch.indices)
    posterior = model.encode(batch.tokens, batch.lengths)
    point = [posterior.mean.detach(), posterior.logvar.detach()]
    velocity = [0.0, 0.0]
    for k in range(3):
        point = [each.requires_grad_() for each in point]
        drawn = noise.normal(f"svi-{k}", 4)
        made = model.forward_from(DiagonalGaussian(*point), batch.tokens, batch.lengths, drawn)
        total = made.token_losses.sum() + made.posterior.kl(made.prior).sum()
        own = torch.autograd.grad(total / 4, point)
        velocity = [0.5 * v - g for v, g in zip(velocity, own, strict=True)]
        point = [(p + v).detach() for p, v in zip(point, velocity, strict=True)]
    found = refine(steps=3)
    torch.testing.assert_close(found.mean, point[0])
    torch.testing.assert_close(found.logvar, point[1])


def test_neighbours_do_not_matter_unless_they_are_clipped_together(refine):
    for settings, same in (({}, True), ({"clip": 0.01}, False)):
        whole, part = refine(**settings), refine(slice(1, 3), **settings)
        assert torch.allclose(whole.mean[1:3], part.mean, rtol=1e-9) == same


def test_nothing_of_the_model_changes(model, refine):
    model.decoder.layers.requires_grad_(False)
    before = [each.requires_grad for each in model.parameters()]
    refine(steps=2)
    assert [each.requires_grad for each in model.parameters()] == before
    assert all(each.grad is None for each in model.parameters())
    assert model.training


def test_the_settings_say_whether_there_is_one():
    config = override(
        Config(),
        {"inference.kind": "semi-amortized", "inference.steps": 3, "training.batch_size": 7},
    )
    found = refinement_of(config)
    assert found.batch_size == 7
    assert found.inference.config == SemiAmortizedConfig(steps=3)
    assert refinement_of(override(config, {"inference.kind": "amortized"})) is None
    assert AmortizedConfig() == override(config, {"inference.kind": "amortized"}).inference
