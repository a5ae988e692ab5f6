"""How far prior and posteriors are from each other, against closed forms."""

import math

import numpy as np
import pytest

from unvanish.measures import least_marginal_kl, least_prior_gap, marginal_kl
from unvanish.measures.holes import _error_of_mean


def gaussian_kl(mean, variance):
    return 0.5 * np.sum(mean**2 + variance - 1 - np.log(variance))


def sampled(n, d, center, scale, seed=0):
    """Point posteriors whose aggregate is N(center, scale^2)."""
    mean = center + scale * np.random.default_rng(seed).normal(size=(n, d))
    return mean, np.full((n, d), -16.0)


def test_the_moments_of_a_gaussian_give_its_kl():
    arrays = sampled(20_000, 3, 1.0, 0.5)
    expected = gaussian_kl(np.ones(3), np.full(3, 0.25))
    assert least_marginal_kl(*arrays) == pytest.approx(expected, abs=0.05)


def test_correlation_alone_is_a_distance():
    z = np.random.default_rng(0).normal(size=(20_000, 1))
    other = 0.9 * z + math.sqrt(0.19) * np.random.default_rng(1).normal(size=z.shape)
    arrays = np.concatenate([z, other], axis=1), np.full((20_000, 2), -16.0)
    assert least_marginal_kl(*arrays) == pytest.approx(-0.5 * math.log(0.19), abs=0.03)


@pytest.mark.parametrize(("n", "d"), [(50, 2), (300, 32), (40, 64)])
def test_few_sentences_make_no_distance(n, d):
    found = [least_marginal_kl(*sampled(n, d, 0.0, 1.0, seed)) for seed in range(20)]
    assert np.mean(found) < 0.6


@pytest.mark.parametrize("spread", [0.2, 1.0, 3.0])
def test_it_is_no_greater_than_the_marginal_kl(spread):
    source = np.random.default_rng(3)
    centers = np.array([[-3.0, 0.0], [3.0, 1.0], [0.0, 4.0]])
    mean = centers[source.integers(0, 3, 300)] + spread * source.normal(size=(300, 2))
    logvar = np.full((300, 2), -1.0)
    whole = marginal_kl(mean, logvar)
    assert least_marginal_kl(mean, logvar) <= whole.value + 4 * whole.error


@pytest.mark.parametrize("d", [1, 2, 8, 32, 128])
@pytest.mark.parametrize(("center", "scale"), [(0.0, 1.0), (0.0, 1.1), (0.0, 0.7), (0.3, 1.0)])
def test_the_prior_is_no_farther_than_it_is(d, center, scale):
    """Not above the divergence of the Gaussians, in any number of dimensions; 0 for the prior."""
    found = least_prior_gap(*sampled(2_000, d, center, scale))
    expected = 0.5 * d * ((1 + center**2) / scale**2 - 1 + 2 * math.log(scale))
    assert found <= expected + 0.02
    assert (found == 0.0) == (scale == 1.0 and center == 0.0) or expected < 0.2


@pytest.mark.parametrize("d", [8, 32, 64])
def test_codes_drawn_together_are_seen_in_many_dimensions(d):
    found = least_prior_gap(*sampled(2_000, d, 0.0, 0.7))
    assert found > 0.5 * (0.5 * d * (1 / 0.49 - 1 + math.log(0.49)))


@pytest.mark.parametrize(
    ("n", "d"), [(50, 2), (300, 6), (1_000, 4), (50, 64), (100, 64), (60, 128), (300, 32)]
)
@pytest.mark.slow
def test_a_bound_on_noise_is_zero_nearly_always(n, d):
    """Where q(z) is the prior: 1 of 40 may be above 0, and then hardly."""
    found = [least_prior_gap(*apart(n, d, seed), seed=seed) for seed in range(60)]
    assert sum(gap > 0 for gap in found) <= 5  # 1.5 expected, 5 or fewer in 99.5 %
    assert max(found) < 0.3


def test_from_few_rows_there_is_no_bound():
    mean = np.random.default_rng(0).normal(size=(50, 2)) + 5.0
    logvar = np.full(mean.shape, -9.0)
    assert least_prior_gap(mean, logvar) > 1
    assert least_prior_gap(mean[:49], logvar[:49]) == 0.0


@pytest.mark.parametrize("correlation", [0.0, 0.4])
def test_the_error_of_a_mean_of_numbers_that_hang_together(correlation):
    """In an autoregressive sequence the variance of the mean is (1 + r) / (1 - r) times as much."""
    source, n, errors = np.random.default_rng(0), 1_000, []
    for _ in range(30):
        values = source.normal(size=n)
        for k in range(1, n):
            values[k] += correlation * values[k - 1]
        errors.append(_error_of_mean(values / values.std()))
    expected = math.sqrt((1 + correlation) / (1 - correlation) / n)
    assert 0.85 * expected < np.mean(errors) < 1.1 * expected


def apart(n, d, seed):
    """Posteriors that are as wide as they are far from each other, together the prior."""
    mean = math.sqrt(0.8) * np.random.default_rng(1_000 + seed).normal(size=(n, d))
    return mean, np.full((n, d), math.log(0.2))


def test_a_shift_along_one_direction_is_seen_whole():
    mean = np.random.default_rng(0).normal(size=(3_000, 10)) + 2.0 * np.ones(10) / math.sqrt(10)
    assert least_prior_gap(mean, np.full(mean.shape, -16.0)) > 0.3  # 2 nats in that direction


def test_a_ring_has_a_hole_that_moments_do_not_show():
    angle = np.random.default_rng(0).uniform(0, 2 * math.pi, 3_000)
    mean = math.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    logvar = np.full((3_000, 2), -9.0)
    assert least_marginal_kl(mean, logvar) < 0.05
    assert least_prior_gap(mean, logvar) > 2


def test_a_gap_in_one_dimension_is_seen_among_others():
    mean = np.random.default_rng(0).normal(size=(3_000, 20))
    mean[:, 7] = np.sign(mean[:, 7]) * (1.5 + 0.1 * mean[:, 7])
    assert least_prior_gap(mean, np.full(mean.shape, -9.0)) > 1


@pytest.mark.parametrize("measure", [least_marginal_kl, least_prior_gap])
def test_a_single_row_is_refused(measure):
    with pytest.raises(ValueError, match="single row"):
        measure(np.zeros((1, 2)), np.zeros((1, 2)))
