"""Information of posteriors that are no Gaussians, where it is known."""

import math

import numpy as np
import pytest
import torch

from unvanish.evaluation import posterior_information
from unvanish.measures import mutual_information
from unvanish.nn import DiagonalGaussian


class Uniform:
    """q(z|x) uniform on [mean - width / 2, mean + width / 2], which knows nothing of Gaussians."""

    def __init__(self, mean, width):
        self.mean, self.width = mean, width

    def rsample(self, noise=None, *, generator=None):
        return self.mean + self.width * (torch.rand(self.mean.shape, generator=generator) - 0.5)

    def log_prob(self, z):
        inside = ((z - self.mean).abs() <= self.width / 2).all(-1)
        value = -self.mean.shape[-1] * math.log(self.width)
        return torch.where(inside, value, -math.inf)

    def kl(self, prior):
        return prior * torch.ones(len(self.mean))


class Stubborn(Uniform):
    def log_prob(self, z):
        return super().log_prob(z).reshape(-1)


@pytest.mark.parametrize("width", [1.0, 0.25])
def test_uniform_posteriors_side_by_side_tell_what_the_integral_says(width):
    """Means even over [0, 8): their mixture is flat with ramps, of entropy ln 8 + width / 16."""
    posterior = Uniform((torch.arange(4_000) / 500)[:, None], width)
    low, high = posterior_information(posterior, prior=9.0).interval
    expected = math.log(8 / width) + width / 16
    assert low <= expected <= high
    assert high - low < 0.1


def test_gaussians_are_those_of_the_arrays():
    source = np.random.default_rng(0)
    mean, logvar = source.normal(size=(400, 3)), source.normal(-1, 1, (400, 3))
    posterior = DiagonalGaussian(torch.from_numpy(mean), torch.from_numpy(logvar))
    prior = DiagonalGaussian(torch.zeros(3), torch.zeros(3))
    ours, arrays = posterior_information(posterior, prior), mutual_information(mean, logvar)
    assert ours.rate.value == pytest.approx(arrays.rate.value, rel=1e-12)
    for name in ("low", "high"):
        one, other = getattr(ours, name), getattr(arrays, name)
        assert one.value == pytest.approx(other.value, abs=3 * other.error)


def test_draws_that_no_other_posterior_reaches_leave_the_rate_as_the_bound():
    found = posterior_information(Uniform(10.0 * torch.arange(5)[:, None], 1.0), prior=9.0)
    assert found.high.value == math.inf
    assert found.interval == pytest.approx((math.log(5), 9.0))


def test_the_size_of_a_block_changes_nothing(monkeypatch):
    posterior = Uniform(torch.rand(50, 2, generator=torch.Generator().manual_seed(0)), 5.0)
    whole = posterior_information(posterior, 1.0)
    monkeypatch.setattr("unvanish.evaluation.information._BLOCK", 130)
    assert posterior_information(posterior, 1.0) == whole


@pytest.mark.parametrize(
    ("posterior", "more", "message"),
    [
        (Uniform(torch.zeros(1, 1), 1.0), {}, "single posterior"),
        (Uniform(torch.zeros(3, 1), 1.0), {"samples": 0}, "samples=0"),
        (Stubborn(torch.zeros(3, 1), 1.0), {}, "make it broadcast"),
    ],
)
def test_what_cannot_be_measured_is_refused(posterior, more, message):
    with pytest.raises(ValueError, match=message):
        posterior_information(posterior, 1.0, **more)
