"""The forms of free bits against loops over their formulas, and where they differ."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unvanish.objectives import free_bits

FORMS = ("dimension-batch", "dimension", "sentence", "batch")


def by_hand(kl, free, form):
    """The formulas as sums over Python numbers."""
    rows = kl.tolist()
    count, dimensions = len(rows), range(len(rows[0]))
    match form:
        case "dimension-batch":
            return sum(max(free, sum(row[j] for row in rows) / count) for j in dimensions)
        case "dimension":
            return sum(max(free, value) for row in rows for value in row) / count
        case "sentence":
            return sum(max(free, sum(row)) for row in rows) / count
        case "batch":
            return max(free, sum(map(sum, rows)) / count)


def random_kl(seed, batch=4, latent=3):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(batch, latent, generator=generator, dtype=torch.float64)


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(0, 2), st.sampled_from(FORMS))
def test_the_mean_over_sentences_is_the_formula(seed, free, form):
    kl = random_kl(seed)
    assert free_bits(kl, free, form).shape == (4,)
    assert free_bits(kl, free, form).mean().item() == pytest.approx(by_hand(kl, free, form))


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(0, 2), st.sampled_from(FORMS))
def test_masked_has_the_same_gradient(seed, free, form):
    kl = random_kl(seed).requires_grad_()
    plain, masked = (
        torch.autograd.grad(free_bits(kl, free, form, masked=masked).mean(), kl)[0]
        for masked in (False, True)
    )
    assert torch.equal(plain, masked)


@settings(deadline=None)
@given(st.integers(0, 1000), st.sampled_from(FORMS))
def test_nothing_free_is_the_kl(seed, form):
    kl = random_kl(seed)
    torch.testing.assert_close(free_bits(kl, 0.0, form).mean(), kl.sum(-1).mean())


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(0, 2))
def test_a_finer_form_never_costs_less(seed, free):
    kl = random_kl(seed)
    cost = {form: free_bits(kl, free, form).mean().item() for form in FORMS}
    assert cost["dimension"] >= cost["dimension-batch"] - 1e-12
    assert cost["sentence"] >= cost["batch"] - 1e-12


def test_the_forms_are_not_equivalent():
    kl = torch.tensor([[2.0, 0.0], [0.0, 0.2]])
    assert len({round(free_bits(kl, 0.5, form).mean().item(), 6) for form in FORMS}) == 4


def test_below_what_is_free_nothing_pulls():
    kl = torch.full((2, 3), 0.1, requires_grad=True)
    for form in FORMS:
        (gradient,) = torch.autograd.grad(free_bits(kl, 1.0, form).mean(), kl)
        assert gradient.eq(0).all()


def test_soft_weighs_the_kl():
    kl = torch.tensor([[1.0, 2.0]])
    assert free_bits(kl, 0.0, "soft", gamma=0.25).tolist() == [0.75]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"form": "kingma"}, "dimension-batch, dimension"),
        ({"free": -1.0}, "free"),
        ({"form": "soft"}, "needs gamma"),
        ({"gamma": 1.0}, "has no gamma"),
        ({"kl": torch.zeros(3)}, "batch, latent"),
        ({"whole": torch.zeros(2)}, "whole has shape"),
    ],
)
@pytest.mark.usefixtures("without_shape_checks")
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        free_bits(**{"kl": torch.zeros(2, 3), "free": 0.5} | arguments)


@settings(deadline=None)
@given(
    st.integers(0, 1000), st.floats(0, 2), st.sampled_from(FORMS), st.integers(1, 4), st.booleans()
)
def test_parts_of_a_batch_cost_and_pull_as_the_whole(seed, free, form, first, masked):
    kl = random_kl(seed, batch=5).requires_grad_()
    cost = free_bits(kl, free, form, masked=masked).mean()
    parts = sum(
        len(part) / 5 * free_bits(part, free, form, masked=masked, whole=kl.mean(0)).mean()
        for part in (kl[:first], kl[first:])
    )
    torch.testing.assert_close(parts, cost)
    gradients = (torch.autograd.grad(value, kl)[0] for value in (parts, cost))
    torch.testing.assert_close(*gradients)


def test_parts_that_do_not_know_the_whole_would_be_noticed():
    """The negative control of the test above."""
    kl = torch.tensor([[2.0], [0.0]])
    parts = [free_bits(row.unsqueeze(0), 0.5).mean() / 2 for row in kl]
    assert sum(parts) != free_bits(kl, 0.5).mean()
