"""Gradients of semi-amortized inference against torch's own second derivatives."""

from contextlib import nullcontext

import pytest
import torch

from unvanish.config import SemiAmortizedConfig, UsageError
from unvanish.inference import AmortizedInference, BatchPart, SemiAmortizedInference
from unvanish.nn import DiagonalGaussian, Distribution, drawing_from
from unvanish.nn.precision import autocast
from unvanish.objectives import elbo_objective

FREE = {"clip": None, "second_order_clip": None}
EXACT = {"second_order_clip": None, "difference": 1e-6}


def make(inference, model, batch, noise, objective=None, **options):
    part = BatchPart(batch, 3, noise, options.get("share", 1.0))
    objective = objective or elbo_objective(0.7)
    return inference.gradients(model, objective, part, options.get("autocast", nullcontext()))


def by_torch(model, batch, noise, config, objective=None, second=True):
    """Let torch go back through all steps."""
    objective = objective or elbo_objective(0.7)

    def loss(name, point):
        drawn = noise.normal(name, model.config.latent_size)
        q = DiagonalGaussian(*point)
        return objective(model.forward_from(q, batch.tokens, batch.lengths, drawn), 3)

    with drawing_from(model, noise):
        posterior = model.encode(batch.tokens, batch.lengths)
        point = [posterior.mean, posterior.logvar]
        velocity = [torch.zeros_like(each) for each in point]
        for k in range(config.steps):
            own = torch.autograd.grad(loss(f"svi-{k}", point).total, point, create_graph=second)
            if config.clip is not None:
                own = [each * torch.clamp(config.clip / each.norm(), max=1) for each in own]
            velocity = [config.momentum * v - g for v, g in zip(velocity, own, strict=True)]
            point = [p + config.step_size * v for p, v in zip(point, velocity, strict=True)]
        last = loss("z", point)
    last.total.backward()
    return last


CASES = {
    "as it is": ({}, None),
    "long steps": ({"steps": 6, "step_size": 4.0, "momentum": 0.9, "clip": None}, None),
    "clipped": ({"steps": 4, "clip": 0.05}, None),
    "free bits by sentence": ({"steps": 3}, elbo_objective(0.7, free=0.3, form="sentence")),
    "free bits by batch": ({"steps": 3}, elbo_objective(0.7, free=0.02)),
}


@pytest.mark.parametrize("case", CASES)
def test_gradients_are_those_of_exact_second_derivatives(
    model, batch, noise, gradients_of, distance, case
):
    options, objective = CASES[case]
    config = SemiAmortizedConfig(**{**EXACT, **options})
    exact = gradients_of(lambda: by_torch(model, batch, noise, config, objective))
    ours = gradients_of(
        lambda: make(SemiAmortizedInference(config), model, batch, noise, objective)
    )
    assert distance(ours, exact) < 1e-5
    for name, expected in exact.items():
        torch.testing.assert_close(ours[name], expected, rtol=1e-3, atol=1e-6, msg=name)
        assert float(expected.norm()) > 0, name
    first = gradients_of(lambda: by_torch(model, batch, noise, config, objective, second=False))
    assert distance(first, exact) > 0.05


def test_parts_of_the_objective_are_those_at_the_refined_posterior(model, batch, noise):
    config = SemiAmortizedConfig(**EXACT)
    expected = by_torch(model, batch, noise, config)
    found = make(SemiAmortizedInference(config), model, batch, noise)
    for name, part in found.parts.items():
        torch.testing.assert_close(part, expected.parts[name])
    torch.testing.assert_close(found.total, expected.total)


def test_no_steps_are_amortized_inference(model, batch, noise, gradients_of):
    none = SemiAmortizedInference(SemiAmortizedConfig(steps=0))
    ours = gradients_of(lambda: make(none, model, batch, noise))
    theirs = gradients_of(lambda: make(AmortizedInference(), model, batch, noise))
    for name, expected in theirs.items():
        torch.testing.assert_close(ours[name], expected, msg=name)


@pytest.mark.parametrize("difference", [1e-5, SemiAmortizedConfig().difference])
def test_in_32_bits_they_are_near_too(model, batch, noise, gradients_of, distance, difference):
    config = SemiAmortizedConfig(steps=5, second_order_clip=None, difference=difference)
    exact = gradients_of(lambda: by_torch(model, batch, noise, config))
    model.float()
    ours = gradients_of(lambda: make(SemiAmortizedInference(config), model, batch, noise))
    assert distance(ours, exact) < (1e-2 if difference == 1e-5 else 1e-3)


def test_steps_and_differences_are_in_32_bits_also_where_the_rest_is_in_16(
    model, batch, noise, gradients_of, distance
):
    config = SemiAmortizedConfig(steps=5)
    exact = gradients_of(lambda: by_torch(model, batch, noise, config))
    model.float()
    inference = SemiAmortizedInference(config)
    half = autocast("bf16", torch.device("cpu"))
    ours = gradients_of(lambda: make(inference, model, batch, noise, autocast=half))
    plain = gradients_of(lambda: make(inference, model, batch, noise))
    assert distance(ours, plain) > 0
    assert distance(ours, exact) < 0.03


def test_parts_of_a_batch_add_up_to_the_whole_where_nothing_is_clipped(
    model, batch, noise, gradients_of, distance
):
    inference = SemiAmortizedInference(SemiAmortizedConfig(steps=4, difference=1e-6, **FREE))

    def in_parts():
        for part, keys in zip(batch.split(2), noise.keys.tensor_split(2), strict=True):
            own = type(noise)(keys)
            make(inference, model, part, own, share=len(part) / len(batch))
        make(inference, model, batch, noise, share=0.0)  # a process that has no sentences

    whole = gradients_of(lambda: make(inference, model, batch, noise))
    assert distance(gradients_of(in_parts), whole) < 1e-5


def test_a_part_of_a_batch_is_refused_where_norms_are_clipped(model, batch, noise):
    for name in FREE:
        config = SemiAmortizedConfig(**{**FREE, name: 5.0})
        with pytest.raises(UsageError, match=r"inference\.clip=none"):
            make(SemiAmortizedInference(config), model, batch, noise, share=0.5)


def test_the_same_keys_give_the_same_gradients(model, batch, noise, gradients_of):
    inference = SemiAmortizedInference(SemiAmortizedConfig(steps=2))
    one, two = (gradients_of(lambda: make(inference, model, batch, noise)) for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)
    other = type(noise).of(1, 8, batch.indices)
    three = gradients_of(lambda: make(inference, model, batch, other))
    assert not torch.equal(one["decoder.output.weight"], three["decoder.output.weight"])


def test_gradients_are_added_and_what_is_not_trained_has_none(model, batch, noise, gradients_of):
    inference = SemiAmortizedInference(SemiAmortizedConfig(steps=2))
    once = gradients_of(lambda: make(inference, model, batch, noise))
    twice = gradients_of(lambda: [make(inference, model, batch, noise) for _ in range(2)])
    torch.testing.assert_close(
        twice["encoder.embedding.weight"], 2 * once["encoder.embedding.weight"]
    )
    torch.testing.assert_close(
        twice["decoder.layers.weight_hh_l0"], 2 * once["decoder.layers.weight_hh_l0"]
    )
    for part in (model.encoder, model.posterior, model.decoder.embedding, model.decoder.layers):
        part.requires_grad_(False)
    some = gradients_of(lambda: make(inference, model, batch, noise))
    torch.testing.assert_close(some["decoder.output.weight"], once["decoder.output.weight"])
    trained = {name for name, each in some.items() if each.abs().sum() > 0}
    assert trained == {
        f"decoder.{layer}.{x}" for layer in ("output", "initial") for x in ("weight", "bias")
    }


class Point:
    """A q(z|x) that is no Gaussian."""

    def __init__(self, mean):
        self.mean = mean

    def rsample(self, noise=None, *, generator=None):
        return self.mean

    def log_prob(self, z):
        return z.sum(-1)

    def kl(self, prior):
        return self.mean.sum(-1)


def test_other_posteriors_are_refused(model, batch, noise, monkeypatch):
    point = Point(torch.zeros(len(batch), 4, dtype=torch.float64))
    assert isinstance(point, Distribution)
    monkeypatch.setattr(model, "encode", lambda tokens, lengths: point)
    with pytest.raises(UsageError, match="Gaussian q\\(z\\|x\\), not a Point"):
        make(SemiAmortizedInference(), model, batch, noise)


def test_a_decoder_that_does_not_embed_is_refused(model, batch, noise):
    model.decoder = torch.nn.Linear(3, 3)
    with pytest.raises(UsageError, match="a Linear cannot be used"):
        make(SemiAmortizedInference(), model, batch, noise)
