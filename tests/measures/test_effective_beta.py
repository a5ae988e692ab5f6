"""Effective beta against gradients: they point where those of the ELBO with that beta point."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unvanish.measures import effective_beta

counts, weights = st.integers(1, 1000), st.floats(0.01, 10)


@settings(deadline=None)
@given(weights, counts, counts, weights)
def test_a_loss_of_averages_points_where_the_elbo_of_its_effective_beta_points(beta, n, d, scale):
    torch.manual_seed(0)
    rec_terms = torch.randn(n, dtype=torch.float64, requires_grad=True)
    kl_terms = torch.randn(d, dtype=torch.float64, requires_grad=True)
    leaves = [rec_terms, kl_terms]
    averaged = scale * rec_terms.square().mean() + beta * kl_terms.square().mean()
    effective = effective_beta(beta, rec_averaged_over=n, kl_averaged_over=d, rec_scale=scale)
    summed = rec_terms.square().sum() + effective * kl_terms.square().sum()
    one = torch.cat(torch.autograd.grad(averaged, leaves))
    other = torch.cat(torch.autograd.grad(summed, leaves))
    torch.testing.assert_close(one / one.norm(), other / other.norm())


def test_a_squared_error_is_twice_the_nats_of_a_unit_gaussian():
    x, reconstruction = torch.randn(5, dtype=torch.float64), torch.randn(5, dtype=torch.float64)
    nats = -torch.distributions.Normal(reconstruction, 1.0).log_prob(x).sum()
    squared_error = (x - reconstruction).square().sum()
    constant = 5 * 0.5 * math.log(2 * math.pi)
    torch.testing.assert_close(squared_error, 2 * (nats - constant))
    assert effective_beta(2.0, rec_scale=2) == 1.0


@pytest.mark.parametrize("name", ["rec_averaged_over", "kl_averaged_over", "rec_scale"])
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_what_divides_is_above_zero(name, value):
    with pytest.raises(ValueError, match=name):
        effective_beta(**{name: value})


def test_beta_is_finite():
    with pytest.raises(ValueError, match="beta"):
        effective_beta(math.nan)
