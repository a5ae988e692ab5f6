r"""Gradient descent on mean and log variance of q(z|x), and the way back through it.

With :math:`\lambda` the means and log variances of a batch, L its loss, c the clipping of a
gradient's norm, m the momentum and :math:`\eta` the step size:

.. math:: v_k = m v_{k-1} - c(\nabla_\lambda L_k(\lambda_{k-1}, \theta)), \qquad
          \lambda_k = \lambda_{k-1} + \eta v_k

Back from :math:`\bar\lambda_K`, the gradient of a last loss, with :math:`\bar v_{K+1} = 0`:

.. math:: \bar v_k = m \bar v_{k+1} + \eta \bar\lambda_k, \qquad
          u_k = \left(\frac{\partial c}{\partial g}\right)^{\!\top} \bar v_k, \qquad
          \bar\lambda_{k-1} = \bar\lambda_k - \nabla^2_{\lambda\lambda} L_k\, u_k, \qquad
          \bar\theta \leftarrow \bar\theta - \nabla^2_{\theta\lambda} L_k\, u_k

The products with second derivatives are differences of gradients, at :math:`\lambda_{k-1}` and at
:math:`\lambda_{k-1} + \epsilon u_k`. One :math:`\epsilon` serves all steps of a batch. So the
gradients for the parameters at :math:`\lambda_{k-1}`, which are made on the way, need only be added
up: the way back takes one forward and backward pass a step.

References:
    Kim et al., Semi-Amortized Variational Autoencoders, ICML 2018, algorithm 2 and appendix A,
    https://arxiv.org/abs/1802.02550, and its code, https://github.com/harvardnlp/sa-vae;
    :class:`unvanish.inference.SemiAmortizedInference` says what differs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..config import SemiAmortizedConfig

__all__ = ["Descent", "GaussianParameters", "StepLoss", "back_through", "descend", "gradients_at"]


class GaussianParameters(NamedTuple):
    """Means and log variances of the q(z|x) of a batch, or gradients for them."""

    mean: Float[Tensor, "batch latent"]
    logvar: Float[Tensor, "batch latent"]


StepLoss = Callable[[int, GaussianParameters], Float[Tensor, ""]]
"""The loss that a step follows, by the number of the step, from 0."""

Gradients = list[Tensor | None]
"""One for each of some tensors; ``None`` where the loss does not depend on it."""


@dataclass(frozen=True, eq=False)
class Descent:
    """Steps that were made.

    Args:
        points: Where each step began.
        gradients: The gradient of its loss there, before it was clipped.
        end: Where the last one led.
        others: What the gradients for other tensors add up to, over all steps.
    """

    points: list[GaussianParameters]
    gradients: list[GaussianParameters]
    end: GaussianParameters
    others: Gradients


def gradients_at(
    loss: Float[Tensor, ""], point: GaussianParameters, others: Sequence[Tensor]
) -> tuple[GaussianParameters, Gradients]:
    """Give the gradient of a loss for the parameters of q(z|x), and those for other tensors."""
    found = torch.autograd.grad(loss, [*point, *others], allow_unused=True)
    own = (torch.zeros_like(p) if g is None else g for p, g in zip(point, found, strict=False))
    return GaussianParameters(*own), list(found[len(point) :])


def descend(
    loss: StepLoss,
    begin: GaussianParameters,
    config: SemiAmortizedConfig,
    others: Sequence[Tensor] = (),
) -> Descent:
    """Make the steps.

    Args:
        loss: What they follow.
        begin: Where they begin.
        config: How many there are, and how long.
        others: Tensors whose gradients are wanted too.
    """
    points, gradients, total = [], [], _nothing(others)
    point = _map(Tensor.detach, begin)
    velocity = _map(torch.zeros_like, point)
    for k in range(config.steps):
        own, rest = _gradients_of_step(loss, k, point, others)
        points.append(point)
        gradients.append(own)
        _add_up(total, rest)
        clipped = _map(lambda g: _factor([g], config.clip) * g, own)
        velocity = _map(lambda v, g: config.momentum * v - g, velocity, clipped)
        point = _map(lambda p, v: p + config.step_size * v, point, velocity)
    return Descent(points, gradients, point, total)


def back_through(
    descent: Descent,
    loss: StepLoss,
    grad: GaussianParameters,
    config: SemiAmortizedConfig,
    others: Sequence[Tensor] = (),
) -> tuple[GaussianParameters, Gradients]:
    """Carry a gradient back to where the steps began.

    Args:
        descent: The steps, made with the same loss, settings and other tensors.
        loss: What they followed.
        grad: The gradient of a last loss at their end.
        config: How they were made, and how the way back is clipped.
        others: Tensors whose gradients are wanted too.

    Returns:
        The gradient of the last loss at the beginning, and for each of the others what depends on
        it through the steps.
    """
    velocity, total = _map(torch.zeros_like, grad), _nothing(others)
    epsilon = config.difference / _root_mean_square(_map(lambda g: config.step_size * g, grad))
    for k in reversed(range(config.steps)):
        velocity = _map(lambda v, g: v + config.step_size * g, velocity, grad)
        here = descent.gradients[k]
        u = _map(lambda g, v: _through_clipping(g, v, config.clip), here, velocity)
        point = _map(lambda p, each: p + epsilon * each, descent.points[k], u)
        there, rest = _gradients_of_step(loss, k, point, others)
        _add_up(total, rest)
        grad = _map(lambda g, t, h: g - (t - h) / epsilon, grad, there, here)
        grad = _scaled(grad, _factor(grad, config.second_order_clip))
        velocity = _map(lambda v: config.momentum * v, velocity)
    pairs = zip(descent.others, total, strict=True)
    second = [None if h is None or t is None else (h - t) / epsilon for h, t in pairs]
    smaller = _factor([each for each in second if each is not None], config.second_order_clip)
    return grad, [None if each is None else smaller * each for each in second]


def _gradients_of_step(
    loss: StepLoss, k: int, point: GaussianParameters, others: Sequence[Tensor]
) -> tuple[GaussianParameters, Gradients]:
    with torch.enable_grad():
        leaf = _map(lambda p: p.detach().requires_grad_(), point)
        return gradients_at(loss(k, leaf), leaf, others)


def _factor(gradients: Sequence[Tensor], limit: float | None) -> Tensor:
    """Give what makes the common norm of some gradients at most the limit."""
    if limit is None or not gradients:
        return torch.ones((), device=gradients[0].device if gradients else None)
    norm = torch.stack([torch.linalg.vector_norm(each) for each in gradients]).norm()
    return torch.clamp(limit / norm, max=1.0)


def _through_clipping(gradient: Tensor, vector: Tensor, limit: float | None) -> Tensor:
    r"""Multiply by the derivative of clipping, :math:`\frac{C}{|g|}(I - gg^\top / |g|^2)`."""
    if limit is None:
        return vector
    norm = torch.linalg.vector_norm(gradient)
    direction = gradient / norm
    across = limit / norm * (vector - (direction * vector).sum() * direction)
    return torch.where(norm > limit, across, vector)


def _root_mean_square(pair: GaussianParameters) -> Tensor:
    """Give the root mean square of all numbers; 1 if all are 0, as without any sentences."""
    found = torch.cat(list(pair)).square().mean().sqrt()
    return torch.where(found > 0, found, torch.ones_like(found))


def _scaled(pair: GaussianParameters, factor: Tensor) -> GaussianParameters:
    return GaussianParameters(factor * pair.mean, factor * pair.logvar)


def _map(change: Callable[..., Tensor], *pairs: GaussianParameters) -> GaussianParameters:
    return GaussianParameters(*(change(*each) for each in zip(*pairs, strict=True)))


def _nothing(others: Sequence[Tensor]) -> Gradients:
    return [None] * len(others)


def _add_up(total: Gradients, addends: Gradients) -> None:
    """Add gradients to sums in place."""
    for place, addend in enumerate(addends):
        so_far = total[place]
        if addend is not None:
            total[place] = addend if so_far is None else so_far.add_(addend)
