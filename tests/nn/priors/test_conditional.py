import torch

from unvanish.config import ConditionalGaussianConfig
from unvanish.nn.priors.conditional import ConditionalGaussianPrior


def test_is_a_network_of_one_hidden_layer_and_its_kl_that_of_torch():
    torch.manual_seed(1)
    config = ConditionalGaussianConfig(hidden_size=6)
    network = ConditionalGaussianPrior(config, condition_size=5, latent_size=3)
    condition = torch.randn(4, 5)
    prior, other = network(condition), network(torch.randn(4, 5))
    hidden = torch.tanh(condition @ network.hidden.weight.T + network.hidden.bias)
    torch.testing.assert_close(prior.mean, hidden @ network.mean.weight.T + network.mean.bias)
    torch.testing.assert_close(prior.logvar, hidden @ network.logvar.weight.T + network.logvar.bias)
    p, q = (
        torch.distributions.Normal(each.mean, (each.logvar / 2).exp()) for each in (prior, other)
    )
    torch.testing.assert_close(other.kl(prior), torch.distributions.kl_divergence(q, p).sum(-1))
