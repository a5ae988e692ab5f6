"""MMD against loops over its definition and the closed form for Gaussians."""

import math

import pytest
import torch

from unvanish.objectives import mmd


def kernel_of(name, scale):
    def gaussian(one, other):
        return math.exp(-((one - other) ** 2).sum().item() / scale)

    def inverse_multiquadratic(one, other):
        return scale / (scale + ((one - other) ** 2).sum().item())

    return gaussian if name == "gaussian" else inverse_multiquadratic


@pytest.mark.parametrize("name", ["gaussian", "inverse-multiquadratic"])
def test_it_is_the_mean_over_all_pairs(name):
    torch.manual_seed(0)
    z, prior = torch.randn(4, 3, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    kernel = kernel_of(name, 2.5)

    def mean(one, other, *, without_self=False):
        pairs = [
            kernel(a, b)
            for i, a in enumerate(one)
            for j, b in enumerate(other)
            if not (without_self and i == j)
        ]
        return sum(pairs) / len(pairs)

    unbiased = mean(z, z, without_self=True) + mean(prior, prior, without_self=True)
    biased = mean(z, z) + mean(prior, prior)
    cross = 2 * mean(z, prior)
    assert mmd(z, prior, name, scale=2.5).item() == pytest.approx(unbiased - cross)
    assert mmd(z, prior, name, scale=2.5, unbiased=False).item() == pytest.approx(biased - cross)


def closed_form(mean, variance, scale, dimensions):
    """MMD of N(mean, variance I) and N(0, I) under exp(-distance^2 / scale)."""

    def expected_kernel(spread, shift):  # z - z' is normal with variance `spread`
        width = scale + 2 * spread
        return (scale / width) ** (dimensions / 2) * math.exp(-dimensions * shift**2 / width)

    return (
        expected_kernel(2 * variance, 0)
        + expected_kernel(2.0, 0)
        - 2 * expected_kernel(1 + variance, mean)
    )


@pytest.mark.parametrize(("mean", "variance"), [(0.0, 1.0), (1.0, 1.0), (0.0, 0.25), (0.5, 2.0)])
def test_the_estimate_is_the_closed_form_for_gaussians(mean, variance):
    generator = torch.Generator().manual_seed(3)
    estimates = []
    for _ in range(40):
        z, prior = torch.randn(2, 400, 2, generator=generator, dtype=torch.float64)
        estimates.append(mmd(mean + math.sqrt(variance) * z, prior, "gaussian").item())
    estimates = torch.tensor(estimates)
    error = estimates.std().item() / math.sqrt(len(estimates))
    expected = closed_form(mean, variance, scale=4.0, dimensions=2)
    assert abs(estimates.mean().item() - expected) < 4 * error


def test_it_pulls_samples_towards_the_prior():
    torch.manual_seed(0)
    z = (torch.randn(200, 2) * 0.5 + 2).requires_grad_()
    optimizer = torch.optim.Adam([z], lr=0.05)
    before = mmd(z).item()
    for _ in range(200):
        optimizer.zero_grad()
        mmd(z).backward()
        optimizer.step()
    assert mmd(z).item() < 0.1 * before
    assert z.mean(0).abs().max() < 0.4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel": "rbf"}, "kernel"),
        ({"z": torch.zeros(4)}, "z has shape"),
        ({"prior": torch.zeros(4, 3)}, "z has shape"),
        ({"z": torch.zeros(1, 2)}, "at least 2"),
        ({"scale": 0.0}, "scale"),
    ],
)
@pytest.mark.usefixtures("without_shape_checks")
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        mmd(**{"z": torch.zeros(4, 2)} | arguments)
