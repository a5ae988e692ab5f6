"""A linear Gaussian model, of which log p(x) is known, and weights counted by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from unvanish.evaluation import effective_sample_size, importance_weighted_bound

NORMAL = torch.distributions.Normal
LATENT, OBSERVED, SAMPLES = 8, 12, 1000


@pytest.fixture(scope="module")
def linear_gaussian():
    """x = W z + noise with z from N(0, I): log p(x), the elbo, and weights of a narrow q(z|x).

    q(z|x) has the exact mean and 0.6 times the variances of the exact posterior's diagonal.
    """
    torch.manual_seed(1)
    w, scale = torch.randn(OBSERVED, LATENT).double(), 0.7
    x = torch.randn(OBSERVED).double() @ torch.linalg.cholesky(w @ w.T + scale**2 * torch.eye(12)).T
    zero = torch.zeros(OBSERVED).double()
    covariance = w @ w.T + scale**2 * torch.eye(OBSERVED).double()
    exact = torch.distributions.MultivariateNormal(zero, covariance).log_prob(x)
    precision = torch.eye(LATENT).double() + w.T @ w / scale**2
    mean = torch.linalg.solve(precision, w.T @ x / scale**2)
    q = NORMAL(mean, (0.6 * torch.linalg.inv(precision).diagonal()).sqrt())
    z = q.sample((400, SAMPLES))
    log_p = NORMAL(z @ w.T, scale).log_prob(x).sum(-1) + NORMAL(0.0, 1.0).log_prob(z).sum(-1)
    rec = -NORMAL(mean @ w.T, scale).log_prob(x).sum()
    rec += (q.variance * (w**2).sum(0)).sum() / (2 * scale**2)
    prior = NORMAL(torch.zeros(LATENT).double(), torch.ones(LATENT).double())
    elbo = -(rec + torch.distributions.kl_divergence(q, prior).sum())
    return float(exact), float(elbo), (log_p - q.log_prob(z).sum(-1)).numpy()


def test_one_sample_is_the_elbo_in_the_mean(linear_gaussian):
    _, elbo, weights = linear_gaussian
    bound = importance_weighted_bound(weights, 1)
    error = bound.std() / math.sqrt(len(bound))
    assert bound.mean() == pytest.approx(elbo, abs=4 * error)


def test_the_bound_rises_to_the_likelihood(linear_gaussian):
    exact, _, weights = linear_gaussian
    means = [importance_weighted_bound(weights, k).mean() for k in (1, 10, 100, 1000)]
    assert means == sorted(means)
    assert means[0] < exact - 0.7
    assert exact - 0.1 < means[-1] < exact + 0.05


def test_a_mean_of_logarithms_of_chunks_would_be_seen(linear_gaussian):
    """What one gets who takes the logarithm in each chunk of 100 and then the mean."""
    exact, _, weights = linear_gaussian
    chunks = weights.reshape(len(weights), -1, 100)
    wrong = (np.log(np.exp(chunks - weights.max()).mean(-1)) + weights.max()).mean(-1)
    right = importance_weighted_bound(weights)
    assert exact - wrong.mean() > 1.5 * (exact - right.mean()) > 0
    assert wrong == pytest.approx(importance_weighted_bound(weights, 100))


def test_all_weights_count_at_once_however_small_they_are():
    weights = np.array([[0.5, 2.0, 1.5, 0.1, 4.0], [1.0, 1.0, 1.0, 1.0, 1.0]])
    for far in (0.0, -5000.0, 5000.0):
        bound = importance_weighted_bound(np.log(weights) + far)
        assert bound == pytest.approx(np.log(weights.mean(-1)) + far, abs=1e-9)
        expected = weights.sum(-1) ** 2 / (weights**2).sum(-1)
        assert effective_sample_size(np.log(weights) + far) == pytest.approx(expected)


def test_groups_leave_out_what_does_not_fill_one():
    weights = np.array([1.0, 3.0, 2.0, 6.0, 100.0])
    expected = (math.log(2) + math.log(4)) / 2
    assert importance_weighted_bound(np.log(weights), 2) == pytest.approx(expected)


def test_fewer_samples_never_give_more():
    weights = np.random.default_rng(0).normal(0, 5, (200, 60))
    bounds = [importance_weighted_bound(weights, k) for k in (1, 2, 6, 30, 60)]
    for lower, higher in pairwise(bounds):
        assert (lower <= higher + 1e-12).all()


def test_impossible_weights_leave_the_others():
    bound = importance_weighted_bound(np.array([0.0, math.log(3), -np.inf]))
    assert bound == pytest.approx(math.log(4 / 3))


@pytest.mark.parametrize("samples", [0, 4])
def test_a_number_of_samples_that_is_not_there_is_told(samples):
    with pytest.raises(ValueError, match="1 to 3"):
        importance_weighted_bound(np.zeros(3), samples)
