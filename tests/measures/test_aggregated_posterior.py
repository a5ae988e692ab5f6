"""The density of the mixture of all posteriors, against torch.distributions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unvanish.measures.aggregated_posterior import AggregatedPosterior, with_and_without_own


def mixture_of_torch(mean, logvar):
    mean, logvar = torch.from_numpy(mean), torch.from_numpy(logvar)
    normal = torch.distributions.Normal(mean, torch.exp(0.5 * logvar))
    return torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(torch.ones(len(mean), dtype=torch.float64)),
        torch.distributions.Independent(normal, 1),
    )


@given(
    n=st.integers(1, 9),
    d=st.integers(1, 4),
    seed=st.integers(0, 10_000),
    width=st.floats(-40.0, 3.0),
    place=st.floats(-1e4, 1e4),
)
@settings(max_examples=60, deadline=None)
def test_it_is_the_mixture_of_torch_however_narrow_and_wherever(n, d, seed, width, place):
    source = np.random.default_rng(seed)
    mean = place + source.normal(size=(n, d))
    logvar = width + source.normal(0, 0.5, (n, d))
    z = np.concatenate([mean, mean + np.exp(0.5 * logvar) * source.normal(size=(n, d))])
    expected = mixture_of_torch(mean, logvar).log_prob(torch.from_numpy(z)).numpy()
    np.testing.assert_allclose(
        AggregatedPosterior(mean, logvar).log_prob(z), expected, rtol=1e-9, atol=1e-6
    )


def test_a_duplicate_of_a_very_narrow_posterior_counts_in_full():
    mean, logvar = np.array([[1.0], [1.0], [3.0]]), np.full((3, 1), -60.0)
    z = mean + np.exp(-30.0) * np.array([[0.3], [0.3], [0.3]])
    own = -0.5 * (0.09 - 60.0 + np.log(2 * np.pi)) * np.ones(3)
    whole, others = AggregatedPosterior(mean, logvar).log_probs_at_own(z, np.arange(3), own)
    np.testing.assert_allclose(whole - own, np.log([2 / 3, 2 / 3, 1 / 3]), atol=1e-3)
    np.testing.assert_allclose((others - own)[:2], np.log(1 / 2), atol=1e-3)


def test_leaving_out_the_own_component_is_the_mixture_of_the_others():
    source = np.random.default_rng(0)
    mean, logvar = source.normal(size=(6, 3)), source.normal(size=(6, 3))
    z, own = source.normal(size=(6, 3)), np.arange(6)
    components = torch.distributions.Normal(
        torch.from_numpy(mean), torch.from_numpy(logvar).exp().sqrt()
    )
    table = components.log_prob(torch.from_numpy(z)[:, None]).sum(-1).numpy()
    whole, others = with_and_without_own(table.copy(), own, np.diag(table).copy())
    np.testing.assert_allclose(whole, mixture_of_torch(mean, logvar).log_prob(torch.from_numpy(z)))
    for n in range(6):
        rest = np.arange(6) != n
        expected = mixture_of_torch(mean[rest], logvar[rest]).log_prob(
            torch.from_numpy(z[n : n + 1])
        )
        assert others[n] == pytest.approx(float(expected), rel=1e-12)


def test_a_mixture_of_one_has_no_others():
    own = np.array([-1.0])
    whole, others = with_and_without_own(own[None].copy(), np.array([0]), own)
    assert whole[0] == -1.0
    assert others[0] == -np.inf
