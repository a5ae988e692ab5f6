import pytest
import torch

from unvanish.config import PointConfig, UsageError
from unvanish.nn import Distribution, FactorizedDistribution, Point
from unvanish.nn.posteriors.point import PointPosterior


def test_it_is_one_linear_map_without_noise():
    posterior = PointPosterior(PointConfig(), features_size=5, latent_size=3)
    features = torch.randn(4, 5, requires_grad=True)
    found = posterior(features)
    torch.testing.assert_close(found.mean, features @ posterior.mean.weight.T + posterior.mean.bias)
    for noise in (None, torch.randn(4, 3), torch.full((4, 3), 1e9)):
        assert torch.equal(found.rsample(noise), found.mean)
    assert sum(each.numel() for each in posterior.parameters()) == 5 * 3 + 3
    found.rsample().sum().backward()
    assert features.grad.abs().sum() > 0


def test_it_has_no_rate_and_no_density():
    point = Point(torch.randn(4, 3))
    assert isinstance(point, Distribution)
    assert not isinstance(point, FactorizedDistribution)
    assert point.kl(None).tolist() == [0.0] * 4
    with pytest.raises(UsageError, match="no density"):
        point.log_prob(torch.zeros(4, 3))
