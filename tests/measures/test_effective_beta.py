"""Effective beta against gradients: they point where those of the ELBO with that beta point."""

import math
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unvanish.measures import EffectiveBetaWarning, effective_beta

counts, weights = st.integers(1, 1000), st.floats(0.01, 10)


@settings(deadline=None)
@given(weights, counts, counts, weights)
def test_a_loss_of_averages_points_where_the_elbo_of_its_effective_beta_points(beta, n, d, scale):
    torch.manual_seed(0)
    rec_terms = torch.randn(n, dtype=torch.float64, requires_grad=True)
    kl_terms = torch.randn(d, dtype=torch.float64, requires_grad=True)
    leaves = [rec_terms, kl_terms]
    averaged = scale * rec_terms.square().mean() + beta * kl_terms.square().mean()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EffectiveBetaWarning)
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
    with pytest.warns(EffectiveBetaWarning, match="beta = 2 in the code is 1 in units"):
        assert effective_beta(2.0, rec_scale=2) == 1.0


def test_the_warning_says_what_to_multiply_by():
    with pytest.warns(EffectiveBetaWarning, match=r"multiply the KL by 0\.05,") as told:
        effective = effective_beta(1.0, rec_averaged_over=20)
    assert effective * 0.05 == 1.0
    assert told[0].filename == __file__


def test_sums_and_equal_means_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert effective_beta(0.5) == 0.5
        assert effective_beta(1.0, rec_averaged_over=32, kl_averaged_over=32) == 1.0
        assert effective_beta(0.0, rec_averaged_over=784) == 0.0


@pytest.mark.parametrize("name", ["rec_averaged_over", "kl_averaged_over", "rec_scale"])
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_what_divides_is_above_zero(name, value):
    with pytest.raises(ValueError, match=name):
        effective_beta(**{name: value})


def test_beta_is_finite():
    with pytest.raises(ValueError, match="beta"):
        effective_beta(math.nan)
