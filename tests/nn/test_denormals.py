import pytest
import torch

from unvanish.nn.denormals import denormals_as_zero

if not torch.set_flush_denormal(False):
    pytest.skip("this processor cannot", allow_module_level=True)


def smallest():
    return (torch.tensor(1e-30) * 1e-10).item()


def test_they_are_zero_within_and_numbers_again_after():
    assert smallest() > 0
    with denormals_as_zero():
        assert smallest() == 0
    assert smallest() > 0


def test_who_has_taken_them_for_zero_before_still_does():
    with denormals_as_zero():
        with denormals_as_zero():
            pass
        assert smallest() == 0
    assert smallest() > 0


def test_an_error_ends_it():
    with pytest.raises(RuntimeError), denormals_as_zero():
        raise RuntimeError
    assert smallest() > 0


def test_normal_numbers_are_as_they_were():
    numbers = torch.randn(1000) * 10.0 ** torch.randint(-30, 30, (1000,))
    expected = numbers * 1.5 + 1
    with denormals_as_zero():
        assert torch.equal(numbers * 1.5 + 1, expected)


def test_adam_forgets_the_mean_of_a_word_that_does_not_occur_any_more():
    def mean_after(steps):
        embedding = torch.nn.Parameter(torch.ones(4))
        adam = torch.optim.Adam([embedding], fused=True)
        embedding.grad = torch.full((4,), 1e-3)
        for _ in range(steps):
            adam.step()
            embedding.grad = torch.zeros(4)
        return adam.state[embedding]["exp_avg"].abs().max().item()

    assert 0 < mean_after(1500) < torch.finfo(torch.float32).tiny  # for ever
    with denormals_as_zero():
        assert mean_after(1500) == 0
