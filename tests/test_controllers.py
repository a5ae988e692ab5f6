"""Soft free bits: where the weight settles, and how it is saved."""

import math

import pytest
import torch

from unvanish import ScheduleWarning
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


@pytest.mark.parametrize("kl", [math.nan, math.inf, -math.inf, None, "3"])
def test_a_kl_that_is_no_number_is_refused(kl):
    gamma = SoftFreeBits(1.0, value=0.5)
    with pytest.raises(ValueError, match="kl must be a finite number"):
        gamma.update(kl)
    assert gamma.value == 0.5


def test_a_kl_that_has_a_gradient_is_taken_as_its_number():
    gamma = SoftFreeBits(1.0, rate=0.1)
    kl = torch.full((), 0.5, requires_grad=True)
    gamma.update(kl * 1.0)
    assert gamma.value == pytest.approx(0.9)
    assert type(gamma.value) is float


@pytest.mark.parametrize(
    "state",
    [None, {}, 0.5, {"value": math.nan}, {"value": math.inf}, {"value": 0.0}, {"value": None}],
)
def test_bad_states_are_refused(state):
    gamma = SoftFreeBits(1.0, value=0.5)
    with pytest.raises(ValueError, match="value"):
        gamma.load_state_dict(state)
    assert gamma.value == 0.5


def test_a_state_of_another_target_or_rate_is_told_and_not_used():
    gamma = SoftFreeBits(2.0, rate=0.1, low=0.6)
    with pytest.warns(ScheduleWarning) as caught:
        gamma.load_state_dict(SoftFreeBits(3.0, value=0.5).state_dict())
    said = (
        "the saved controller differs and is not used: "
        "target saved 3.0, used 2.0, rate saved 0.01, used 0.1"
    )
    assert [str(warning.message) for warning in caught] == [said]
    assert caught[0].filename == __file__
    assert (gamma.target, gamma.rate, gamma.value) == (2.0, 0.1, 0.6)


def test_it_shows_what_it_is():
    gamma = SoftFreeBits(2.0, value=0.5)
    assert repr(gamma) == "SoftFreeBits(target=2.0, rate=0.01, low=0.0001, high=1.0, value=0.5)"
    assert repr(eval(repr(gamma))) == repr(gamma)
