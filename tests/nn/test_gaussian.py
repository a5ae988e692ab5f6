import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Independent, Normal, kl_divergence

from unvanish.nn import DiagonalGaussian


def draw(shape, dtype=torch.float64):
    return DiagonalGaussian(torch.randn(shape, dtype=dtype), torch.randn(shape, dtype=dtype))


def reference(gaussian):
    return Independent(Normal(gaussian.mean, torch.exp(gaussian.logvar / 2)), 1)


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (2, 32)])
def test_density_and_divergence_equal_torch_distributions(shape):
    posterior, prior = draw(shape), draw(shape)
    z = torch.randn(shape, dtype=torch.float64)
    torch.testing.assert_close(posterior.log_prob(z), reference(posterior).log_prob(z))
    expected = kl_divergence(reference(posterior), reference(prior))
    torch.testing.assert_close(posterior.kl(prior), expected)
    torch.testing.assert_close(posterior.kl_per_dimension(prior).sum(-1), expected)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-2, 2), st.floats(-2, 2))
def test_divergence_equals_numerical_integration(mean, prior_mean, logvar, prior_logvar):
    q = DiagonalGaussian(torch.tensor([[mean]]).double(), torch.tensor([[logvar]]).double())
    p = DiagonalGaussian(torch.tensor([prior_mean]).double(), torch.tensor([prior_logvar]).double())
    width = 12 * math.exp(logvar / 2)
    z = torch.linspace(mean - width, mean + width, 20_001, dtype=torch.float64).unsqueeze(1)
    log_q, log_p = (reference(g).log_prob(z).numpy() for g in (q, p))
    integral = np.trapezoid(np.exp(log_q) * (log_q - log_p), z.squeeze().numpy())
    assert float(q.kl(p)) == pytest.approx(integral, abs=1e-6)


def test_divergence_from_itself_is_zero_and_never_negative():
    gaussian = draw((50, 4))
    torch.testing.assert_close(gaussian.kl(gaussian), torch.zeros(50, dtype=torch.float64))
    assert (gaussian.kl_per_dimension(draw((50, 4))) >= 0).all()


def test_samples_have_the_moments_and_carry_gradients():
    mean = torch.tensor([1.0, -2.0]).expand(200_000, 2).clone().requires_grad_()
    logvar = torch.tensor([0.0, 2.0]).expand(200_000, 2).clone().requires_grad_()
    z = DiagonalGaussian(mean, logvar).rsample(generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(z.mean(0), torch.tensor([1.0, -2.0]), atol=0.03, rtol=0)
    torch.testing.assert_close(z.var(0), torch.tensor([1.0, math.exp(2)]), atol=0.1, rtol=0)
    z.sum().backward()
    assert torch.equal(mean.grad, torch.ones_like(mean))
    torch.testing.assert_close(logvar.grad, (z - mean).detach() / 2)


def test_given_noise_is_used():
    gaussian = draw((3, 2))
    torch.testing.assert_close(gaussian.rsample(torch.zeros_like(gaussian.mean)), gaussian.mean)


def test_shapes_that_differ_are_refused():
    with pytest.raises((ValueError, TypeError)):
        DiagonalGaussian(torch.zeros(2, 3), torch.zeros(2, 4))
