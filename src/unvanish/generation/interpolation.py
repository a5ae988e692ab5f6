"""Latent vectors between two latent vectors."""

from typing import Literal

import torch
from jaxtyping import Float, Float64
from torch import Tensor
from torch.nn import functional as F

from ..config.errors import require

__all__ = ["interpolate"]


def interpolate(
    start: Float[Tensor, "*batch latent"],
    end: Float[Tensor, "*batch latent"],
    steps: int,
    kind: Literal["linear", "spherical"] = "linear",
) -> Float[Tensor, "*batch steps latent"]:
    r"""Give vectors at equal distances on the way from one to another, both included.

    ``"linear"`` is the straight line, (1 - t) start + t end. It passes nearer to 0 than almost
    all draws of a Gaussian prior are; ``"spherical"`` turns from one direction to the other at an
    even rate instead, while the length changes evenly:

    .. math:: \left((1 - t) \|a\| + t \|b\|\right)
              \frac{\sin((1 - t)\Omega)\, \hat a + \sin(t\Omega)\, \hat b}{\sin\Omega}

    with the angle :math:`\Omega` between a and b. For vectors of one length it is the slerp of
    White (2016); for others it stays bounded where that does not, at opposite directions. Between
    exactly opposite vectors every way round is as short, and one is taken, the same each time.
    From or to 0, and along one direction, it is the straight line.

    Args:
        start: First vectors.
        end: Last vectors.
        steps: Vectors on the way, both ends counted.
        kind: ``"linear"`` or ``"spherical"``.

    Raises:
        UsageError: If ``steps`` is below 2 or ``kind`` is another.

    References:
        White, Sampling Generative Networks, 2016, https://arxiv.org/abs/1609.04468.
        Bowman et al., Generating Sentences from a Continuous Space, CoNLL 2016,
        https://arxiv.org/abs/1511.06349 (between sentences).

    Example:
        >>> start, end = torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0])
        >>> interpolate(start, end, 3)
        tensor([[2., 0.], [1., 1.], [0., 2.]])
        >>> interpolate(start, end, 3, "spherical")
        tensor([[2.0000, 0.0000], [1.4142, 1.4142], [0.0000, 2.0000]])
    """
    require(steps >= 2, "steps", steps, "give at least 2, for both ends count")
    require(kind in ("linear", "spherical"), "kind", kind, "give 'linear' or 'spherical'")
    t = torch.linspace(0, 1, steps, dtype=torch.float64, device=start.device).unsqueeze(-1)
    first, last = (vector.double().unsqueeze(-2) for vector in (start, end))
    if kind == "linear":
        path = (1 - t) * first + t * last
    else:
        path = _lengths(first, last, t) * _directions(first, last, t)
    path[..., 0, :], path[..., -1, :] = first.squeeze(-2), last.squeeze(-2)
    return path.to(start.dtype)


def _lengths(
    start: Float64[Tensor, "*batch 1 latent"],
    end: Float64[Tensor, "*batch 1 latent"],
    t: Float64[Tensor, "steps 1"],
) -> Float64[Tensor, "*batch steps 1"]:
    """Change the length evenly."""
    return (1 - t) * _length(start) + t * _length(end)


def _directions(
    start: Float64[Tensor, "*batch 1 latent"],
    end: Float64[Tensor, "*batch 1 latent"],
    t: Float64[Tensor, "steps 1"],
) -> Float64[Tensor, "*batch steps latent"]:
    """Turn evenly in the plane of both: cos(tΩ) a + sin(tΩ) u, with u perpendicular to a."""
    a, b = _unit(start), _unit(end)
    nowhere = [(direction == 0).all(-1, keepdim=True) for direction in (a, b)]
    a, b = torch.where(nowhere[0], b, a), torch.where(nowhere[1], a, b)
    angle = 2 * torch.atan2(_length(b - a), _length(b + a))
    towards = _without(b, a)
    # parallel or opposite: what is left of b is rounding, and any perpendicular direction will do
    unclear = _length(towards) < 1e-10
    u = _unit(torch.where(unclear, _without(_farthest_axis(a), a), towards))
    return torch.cos(t * angle) * a + torch.sin(t * angle) * u


def _length(vector: Float64[Tensor, "*batch latent"]) -> Float64[Tensor, "*batch 1"]:
    """Give the Euclidean length."""
    length: Tensor = torch.linalg.vector_norm(vector, dim=-1, keepdim=True)
    return length


def _unit(vector: Float64[Tensor, "*batch latent"]) -> Float64[Tensor, "*batch latent"]:
    """Give a vector the length 1; 0 stays 0."""
    return torch.nan_to_num(vector / _length(vector))


def _without(
    vector: Float64[Tensor, "*batch latent"], direction: Float64[Tensor, "*batch latent"]
) -> Float64[Tensor, "*batch latent"]:
    """Take the part along a direction of length 1 away."""
    return vector - (vector * direction).sum(-1, keepdim=True) * direction


def _farthest_axis(direction: Float64[Tensor, "*batch latent"]) -> Float64[Tensor, "*batch latent"]:
    """Give the coordinate axis that is the least along a direction."""
    return F.one_hot(direction.abs().argmin(-1), direction.shape[-1]).double()
