import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from unvanish.config import UsageError
from unvanish.generation import interpolate

KINDS = ["linear", "spherical"]
vectors = st.lists(st.floats(-5, 5, width=32), min_size=3, max_size=3).map(
    lambda values: torch.tensor(values, dtype=torch.float64)
)


@pytest.mark.parametrize("kind", KINDS)
@given(start=vectors, end=vectors, steps=st.integers(2, 9))
def test_a_way_has_its_ends_is_the_same_backwards_and_stays_bounded(kind, start, end, steps):
    path = interpolate(start, end, steps, kind)
    assert path.shape == (steps, 3)
    assert torch.equal(path[0], start)
    assert torch.equal(path[-1], end)
    assert (path.norm(dim=1) <= max(start.norm(), end.norm()) * (1 + 1e-9)).all()
    cosine = torch.nn.functional.cosine_similarity(start, end, dim=0)
    if kind == "linear" or cosine > -0.999:
        backwards = interpolate(end, start, steps, kind).flip(0)
        torch.testing.assert_close(path, backwards, atol=1e-7, rtol=1e-7)


@given(vectors, vectors)
def test_linear_steps_are_equal(start, end):
    steps = interpolate(start, end, 5).diff(dim=0)
    torch.testing.assert_close(steps, ((end - start) / 4).expand(4, -1))


def test_spherical_is_whites_formula_for_vectors_of_one_length():
    a, b = torch.nn.functional.normalize(torch.randn(2, 6).double(), dim=1) * 3
    omega = math.acos(float(a @ b) / 9)
    expected = [
        (math.sin((1 - t) * omega) * a + math.sin(t * omega) * b) / math.sin(omega)
        for t in (0, 0.25, 0.5, 0.75, 1)
    ]
    torch.testing.assert_close(interpolate(a, b, 5, "spherical"), torch.stack(expected))


@pytest.mark.parametrize("closeness", [1.0, 1e-3, 1e-7, 1e-12, 0.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_lengths_and_angles_change_evenly(closeness, sign):
    """Also for directions that are nearly or exactly parallel or opposite."""
    a = torch.randn(5).double()
    b = 2 * sign * a + closeness * torch.randn(5).double()
    path = interpolate(a, b, 7, "spherical")
    lengths = path.norm(dim=1)
    torch.testing.assert_close(lengths.diff(), (b.norm() - a.norm()).expand(6) / 6)
    unit = path / lengths.unsqueeze(1)
    chords = unit.diff(dim=0).norm(dim=1)
    torch.testing.assert_close(chords, chords[:1].expand(6), atol=1e-6, rtol=0)
    angle = 2 * torch.asin(chords / 2).sum()
    expected = 2 * torch.atan2((unit[-1] - unit[0]).norm(), (unit[-1] + unit[0]).norm())
    torch.testing.assert_close(angle, expected, atol=1e-6, rtol=0)


def test_along_one_direction_and_from_nothing_it_is_the_straight_line():
    a, zero = torch.randn(4), torch.zeros(4)
    for start, end in [(a, 3 * a), (a, a), (zero, a), (a, zero), (zero, zero)]:
        torch.testing.assert_close(
            interpolate(start, end, 5, "spherical"), interpolate(start, end, 5)
        )


def test_one_dimension_has_no_way_round():
    path = interpolate(torch.tensor([1.0]), torch.tensor([-1.0]), 3, "spherical")
    torch.testing.assert_close(path, torch.tensor([[1.0], [0.0], [-1.0]]))


@pytest.mark.parametrize("kind", KINDS)
def test_many_at_once_are_each_alone(kind):
    start, end = torch.randn(2, 6, 4)
    end[0], end[1] = start[0], -start[1]
    together = interpolate(start, end, 5, kind)
    for row in range(6):
        torch.testing.assert_close(together[row], interpolate(start[row], end[row], 5, kind))


def test_draws_of_the_prior_stay_as_long_as_draws_of_the_prior():
    """In many dimensions the middle of the straight line is where the prior has no mass."""
    a, b = torch.randn(2, 500, 256)
    middle = {kind: interpolate(a, b, 3, kind)[:, 1].norm(dim=1).mean() / 16 for kind in KINDS}
    assert middle["linear"] == pytest.approx(math.sqrt(0.5), abs=0.01)
    assert middle["spherical"] == pytest.approx(1, abs=0.01)


def test_impossible_ways_are_refused():
    with pytest.raises(UsageError, match="steps=1 is not possible"):
        interpolate(torch.zeros(2), torch.ones(2), 1)
    with pytest.raises(UsageError, match="'linear' or 'spherical'"):
        interpolate(torch.zeros(2), torch.ones(2), 3, "curved")
