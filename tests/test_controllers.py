"""Soft free bits: where the weight settles, and how it is saved."""

import math

import pytest

from unvanish.controllers import SoftFreeBits


def test_it_settles_where_the_kl_is_the_target():
    gamma = SoftFreeBits(target=3.0, rate=0.01)
    for _ in range(2000):
        gamma.update(kl=6.0 * (1 - gamma.value))  # a rate that falls as it costs more
    assert gamma.value == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize(("kl", "bound"), [(100.0, 1.0), (0.0, 0.05)])
def test_it_stays_between_its_bounds(kl, bound):
    gamma = SoftFreeBits(target=3.0, rate=0.5, low=0.05)
    for _ in range(100):
        gamma.update(kl)
    assert float(gamma) == bound


def test_restored_it_goes_on_as_if_nothing_had_been():
    whole, first = SoftFreeBits(2.0), SoftFreeBits(2.0)
    observed = [math.sin(k) + 2 for k in range(50)]
    for kl in observed:
        whole.update(kl)
    for kl in observed[:20]:
        first.update(kl)
    second = SoftFreeBits(2.0)
    second.load_state_dict(first.state_dict())
    for kl in observed[20:]:
        second.update(kl)
    assert second.value == whole.value


@pytest.mark.parametrize(
    "arguments",
    [{"target": 0}, {"target": math.nan}, {"rate": 1.0}, {"low": 0.0}, {"value": 2.0}],
)
def test_numbers_out_of_range_are_refused(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        SoftFreeBits(**{"target": 1.0} | arguments)


def test_a_kl_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        SoftFreeBits(1.0).update(math.nan)
