import dataclasses

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from unvanish.nn import DiagonalGaussian
from unvanish.objectives import (
    ForwardPass,
    Objective,
    Rate,
    Reconstruction,
    Term,
    elbo_objective,
    free_bits,
    token_losses,
)
from unvanish.schedules import Monotonic


def forward_pass(sentences=4, latent=3, time=6):
    posterior = DiagonalGaussian(torch.randn(sentences, latent), torch.randn(sentences, latent))
    return ForwardPass(
        posterior=posterior,
        prior=DiagonalGaussian(torch.zeros(latent), torch.zeros(latent)),
        z=posterior.mean,
        token_losses=torch.rand(sentences, time),
    )


def test_weight_one_is_the_negative_elbo():
    made = forward_pass()
    loss = elbo_objective(1.0)(made, step=0)
    rec = made.token_losses.sum() / 4
    normal = torch.distributions.Normal
    kl = torch.distributions.kl_divergence(
        normal(made.posterior.mean, (made.posterior.logvar / 2).exp()), normal(0.0, 1.0)
    )
    torch.testing.assert_close(loss.total, rec + kl.sum() / 4)
    assert loss.parts.keys() == {"rec", "kl"}


def test_a_schedule_weighs_the_rate_and_the_parts_stay_unweighted():
    objective = elbo_objective(Monotonic(10))
    made = forward_pass()
    for step, beta in ((0, 0.0), (5, 0.5), (10, 1.0), (99, 1.0)):
        loss = objective(made, step)
        assert loss.weights == {"rec": 1.0, "kl": pytest.approx(beta)}
        expected = loss.parts["rec"].mean() + beta * loss.parts["kl"].mean()
        torch.testing.assert_close(loss.total, expected)


def test_twice_the_sentences_is_the_same_loss():
    once = forward_pass()
    twice = ForwardPass(
        DiagonalGaussian(once.posterior.mean.repeat(2, 1), once.posterior.logvar.repeat(2, 1)),
        once.prior,
        once.z.repeat(2, 1),
        once.token_losses.repeat(2, 1),
    )
    objective = elbo_objective(0.7)
    torch.testing.assert_close(objective(once, 0).total, objective(twice, 0).total)


def test_a_term_with_parameters_is_owned_by_the_objective():
    class Head(Term):
        name = "head"

        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 1)

        def forward(self, made):
            return self.layer(made.z).squeeze(-1)

    objective = Objective([(Reconstruction(), 1.0), (Rate(), 1.0), (Head(), 0.5)])
    assert len(list(objective.parameters())) == 2
    assert objective(forward_pass(), 0).weights["head"] == 0.5


def test_two_terms_of_one_name_are_refused():
    with pytest.raises(ValueError, match="different names"):
        Objective([(Rate(), 1.0), (Rate(), 0.1)])


def test_token_losses_equal_cross_entropy_where_the_mask_is_true():
    states, output = torch.randn(3, 5, 4), nn.Linear(4, 9)
    targets = torch.randint(9, (3, 5))
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 0, 0, 0, 0], [1, 1, 0, 0, 0]]).bool()
    expected = F.cross_entropy(output(states).flatten(0, 1), targets.flatten(), reduction="none")
    expected = expected.view(3, 5) * mask
    torch.testing.assert_close(token_losses(states, targets, mask, output), expected)


@pytest.mark.parametrize("form", ["dimension-batch", "dimension", "sentence", "batch"])
def test_free_nats_are_not_charged_and_the_whole_kl_is_logged(form):
    made = forward_pass()
    loss = elbo_objective(0.5, free=0.7, form=form)(made, step=0)
    charged = free_bits(made.posterior.kl_per_dimension(made.prior), 0.7, form)
    torch.testing.assert_close(loss.total, (made.token_losses.sum(-1) + 0.5 * charged).mean())
    torch.testing.assert_close(loss.parts["kl"], made.posterior.kl(made.prior))


def test_free_bits_by_dimension_need_a_posterior_that_factorises():
    class Whole:
        mean = torch.zeros(4, 3)

        def rsample(self, noise=None, *, generator=None):
            return self.mean

        def log_prob(self, z):
            return z.sum(-1)

        def kl(self, prior):
            return torch.full((4,), 2.0)

    made = dataclasses.replace(forward_pass(), posterior=Whole())
    assert Rate(3.0, "sentence").charge(Rate()(made), made).tolist() == [3.0] * 4
    with pytest.raises(TypeError, match="form='sentence'"):
        Rate(1.0).charge(Rate()(made), made)


@pytest.mark.parametrize(("arguments", "message"), [((-1.0,), "free"), ((1.0, "soft"), "steered")])
def test_free_bits_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Rate(*arguments)
