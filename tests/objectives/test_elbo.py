"""KL and ELBO against torch.distributions and numerical integration."""

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from unvanish.objectives import elbo, kl_gaussian


def test_kl_is_that_of_torch_distributions():
    torch.manual_seed(0)
    mean, logvar = torch.randn(2, 7, 3, dtype=torch.float64)
    posterior = Normal(mean, torch.exp(0.5 * logvar))
    expected = kl_divergence(posterior, Normal(torch.zeros_like(mean), 1.0))
    torch.testing.assert_close(kl_gaussian(mean, logvar), expected)


def test_kl_is_the_integral_of_its_definition():
    posterior, prior = Normal(0.7, 0.4), Normal(0.0, 1.0)
    z = torch.linspace(-8, 8, 200_001, dtype=torch.float64)
    integrand = posterior.log_prob(z).exp() * (posterior.log_prob(z) - prior.log_prob(z))
    logvar = torch.tensor([[2 * math.log(0.4)]], dtype=torch.float64)
    kl = kl_gaussian(torch.tensor([[0.7]], dtype=torch.float64), logvar)
    assert kl.item() == pytest.approx(torch.trapezoid(integrand, z).item(), abs=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_near_a_collapse_16_bits_give_the_kl_of_the_same_numbers(dtype):
    torch.manual_seed(0)
    mean, logvar = (0.05 * torch.randn(2, 64, 32)).to(dtype)
    exact = kl_gaussian(mean.double(), logvar.double())
    found = kl_gaussian(mean, logvar)
    assert found.dtype == torch.float32
    assert (found >= 0).all()
    torch.testing.assert_close(found.double(), exact, rtol=1e-3, atol=1e-9)
    in_16_bits = 0.5 * (mean.square() + logvar.exp() - 1 - logvar)
    assert (in_16_bits < 0).any()  # what it is not


def test_what_cancels_or_is_large_is_not_lost():
    logvar = torch.tensor([[1e-4, -1e-3]])
    exact = 0.5 * (torch.expm1(logvar.double()) - logvar.double())
    found = kl_gaussian(torch.zeros(1, 2), logvar)
    torch.testing.assert_close(found.double(), exact, rtol=1e-2, atol=0)
    assert float(kl_gaussian(torch.zeros(1, 1), torch.full((1, 1), 12.0).half())) > 80_000


def test_beta_may_be_a_tensor_that_follows_a_schedule():
    rec, kl = torch.tensor([3.0, 5.0]), torch.tensor([1.0, 2.0])
    assert elbo(rec, kl, torch.tensor(0.5)) == elbo(rec, kl, 0.5)


def test_a_posterior_that_is_the_prior_costs_nothing():
    assert kl_gaussian(torch.zeros(2, 3), torch.zeros(2, 3)).eq(0).all()


def test_elbo_is_the_weighted_sum_with_its_sign():
    rec, kl = torch.tensor([3.0, 5.0]), torch.tensor([1.0, 2.0])
    assert elbo(rec, kl).item() == -5.5
    assert elbo(rec, kl, beta=0.0).item() == -4.0
    assert elbo(rec, kl.unsqueeze(1).expand(2, 4) / 4, beta=2.0).item() == -7.0


def test_its_gradient_is_that_of_a_loss_by_hand():
    torch.manual_seed(1)
    mean, logvar = (torch.randn(4, 3, requires_grad=True) for _ in range(2))
    loss = -elbo(mean.square().sum(-1), kl_gaussian(mean, logvar), beta=0.3)
    by_hand = (mean.square().sum() + 0.15 * (mean.square() + logvar.exp() - 1 - logvar).sum()) / 4
    for one, other in zip(
        torch.autograd.grad(loss, [mean, logvar]),
        torch.autograd.grad(by_hand, [mean, logvar]),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("rec", [torch.tensor(3.0), torch.zeros(2, 5)])
@pytest.mark.usefixtures("without_shape_checks")
def test_a_rec_that_is_no_number_an_example_is_refused(rec):
    with pytest.raises(ValueError, match="sum it over tokens or pixels"):
        elbo(rec, torch.zeros(2))


@pytest.mark.parametrize("kl", [torch.tensor(1.0), torch.zeros(3), torch.zeros(2, 2, 2)])
@pytest.mark.usefixtures("without_shape_checks")
def test_a_kl_that_does_not_fit_is_refused(kl):
    with pytest.raises(ValueError, match="kl has shape"):
        elbo(torch.zeros(2), kl)
