"""The two parts of the KL against closed forms and numerical integration."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unvanish.measures import index_information, marginal_kl, rate


def log_normal(z, mean, logvar):
    return -0.5 * ((z - mean) ** 2 / np.exp(logvar) + logvar + math.log(2 * math.pi))


def integrated(mean, logvar, points=601, reach=9.0):
    """I and marginal KL by summing over a grid, in one or two dimensions."""
    axis = np.linspace(-reach, reach, points)
    grid = np.stack(np.meshgrid(*[axis] * mean.shape[1], indexing="ij"), axis=-1)
    cell = (axis[1] - axis[0]) ** mean.shape[1]
    own = np.stack([log_normal(grid, m, v).sum(-1) for m, v in zip(mean, logvar, strict=True)])
    mixture = np.logaddexp.reduce(own, axis=0) - math.log(len(mean))
    prior = log_normal(grid, 0.0, 0.0).sum(-1)
    information = np.mean([(np.exp(q) * (q - mixture)).sum() * cell for q in own])
    return information, (np.exp(mixture) * (mixture - prior)).sum() * cell


def posteriors(n, d, seed=0):
    source = np.random.default_rng(seed)
    return source.normal(0, 1, (n, d)), source.normal(-1, 0.5, (n, d))


def test_rate_is_the_kl_of_torch():
    mean, logvar = (torch.from_numpy(array) for array in posteriors(6, 3))
    posterior = torch.distributions.Normal(mean, torch.exp(0.5 * logvar))
    expected = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0))
    np.testing.assert_allclose(rate(mean, logvar), expected.numpy(), rtol=1e-12)


@pytest.mark.parametrize("d", [1, 2])
def test_both_parts_are_the_integrals(d):
    mean, logvar = posteriors(4, d)
    information, marginal = integrated(mean, logvar)
    estimates = [
        measure(mean, logvar, samples=20_000) for measure in (index_information, marginal_kl)
    ]
    for estimate, expected in zip(estimates, (information, marginal), strict=True):
        assert estimate.error < 0.01
        assert estimate.value == pytest.approx(expected, abs=4 * estimate.error)


@given(n=st.integers(1, 12), d=st.integers(1, 5), seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_the_parts_add_up_to_the_kl_in_closed_form(n, d, seed):
    mean, logvar = posteriors(n, d, seed)
    information = index_information(mean, logvar, samples=400, seed=seed)
    marginal = marginal_kl(mean, logvar, samples=400, seed=seed)
    kl = rate(mean, logvar).sum(1).mean()
    assert information.value + marginal.value == pytest.approx(
        kl, abs=6 * (information.error + marginal.error) + 1e-9
    )
    assert information.value <= math.log(n) + 1e-9


def test_identical_posteriors_tell_nothing():
    mean, logvar = np.full((5, 2), 4.0), np.full((5, 2), 0.0)
    assert index_information(mean, logvar).value == pytest.approx(0.0, abs=1e-12)
    marginal = marginal_kl(mean, logvar, samples=2_000)
    assert marginal.value == pytest.approx(16.0, abs=4 * marginal.error)


def test_posteriors_far_apart_tell_everything():
    mean = 50.0 * np.arange(10.0)[:, None]
    estimate = index_information(mean, np.zeros((10, 1)))
    assert estimate.value == pytest.approx(math.log(10), abs=1e-9)
    assert estimate.error == pytest.approx(0.0, abs=1e-9)


def test_very_narrow_posteriors_stay_finite():
    estimate = index_information([[0.0], [1.0]], [[-30.0], [-30.0]])
    assert estimate.value == pytest.approx(math.log(2), abs=1e-6)


def test_the_error_is_that_of_repetitions():
    mean, logvar = posteriors(5, 2)
    repeated = [index_information(mean, logvar, samples=50, seed=seed) for seed in range(200)]
    spread = np.std([estimate.value for estimate in repeated], ddof=1)
    assert np.mean([estimate.error for estimate in repeated]) == pytest.approx(spread, rel=0.2)


def test_noise_given_is_the_noise_used():
    mean, logvar = posteriors(4, 2)
    noise = np.random.default_rng(3).standard_normal((100, 4, 2))
    for measure in (index_information, marginal_kl):
        drawn = measure(mean, logvar, samples=100, seed=3)
        given_ = measure(mean, logvar, noise=noise)
        assert given_.value == pytest.approx(drawn.value, abs=5 * drawn.error)
        assert given_.error == pytest.approx(drawn.error, rel=0.3)  # over draws, within sentences
    shared = np.random.default_rng(4).standard_normal((100, 1, 2))
    spread = np.broadcast_to(shared, (100, 4, 2))
    assert index_information(mean, logvar, noise=shared) == index_information(
        mean, logvar, noise=spread
    )


def test_the_size_of_a_block_changes_nothing(monkeypatch):
    mean, logvar = posteriors(30, 3)
    whole = index_information(mean, logvar), marginal_kl(mean, logvar)
    monkeypatch.setattr("unvanish.measures.aggregated_posterior._BLOCK", 100)
    monkeypatch.setattr("unvanish.measures.draws._BLOCK", 100)
    parts = index_information(mean, logvar), marginal_kl(mean, logvar)
    for one, other in zip(whole, parts, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-12)
        assert one.error == pytest.approx(other.error, rel=1e-9)


def test_torch_tensors_are_taken():
    mean, logvar = posteriors(4, 2)
    tensors = torch.from_numpy(mean), torch.from_numpy(logvar)
    assert index_information(*tensors) == index_information(mean, logvar)


def test_one_draw_has_no_error():
    assert math.isnan(marginal_kl([[0.0]], [[0.0]], samples=1).error)


@pytest.mark.parametrize("measure", [index_information, marginal_kl])
@pytest.mark.parametrize(
    ("mean", "logvar", "more", "message"),
    [
        ([0.0], [0.0], {}, "mean has shape"),
        (np.zeros((0, 2)), np.zeros((0, 2)), {}, "at least one row"),
        ([[0.0]], [[0.0, 0.0]], {}, "differ in shape"),
        ([[math.nan]], [[0.0]], {}, "mean holds"),
        ([[0.0]], [[math.inf]], {}, "logvar holds"),
        ([[0.0]], [[0.0]], {"samples": 0}, "samples=0"),
        ([[0.0]], [[0.0]], {"noise": np.zeros((3, 2, 1))}, "noise has shape"),
        ([[0.0]], [[0.0]], {"noise": np.zeros((0, 1, 1))}, "noise has shape"),
        ([[0.0]], [[0.0]], {"noise": np.full((3, 1, 1), math.nan)}, "noise holds"),
    ],
)
def test_bad_arrays_are_refused(measure, mean, logvar, more, message):
    with pytest.raises(ValueError, match=message):
        measure(mean, logvar, **more)
