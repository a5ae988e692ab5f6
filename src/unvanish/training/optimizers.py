"""Optimizers by name, and a learning rate that restarts with the beta cycles."""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ..config import OptimizerConfig
from ..schedules import Constant, Cyclical, Schedule
from ..schedules.restarts import cosine_restarts

__all__ = ["build_optimizer", "clip_and_step", "learning_rate_factor"]


_TINY = 1e-6
"""What torch's clipping adds to the norm that it divides by."""


def build_optimizer(
    config: OptimizerConfig, parameters: Iterable[nn.Parameter]
) -> torch.optim.Optimizer:
    """Make the optimizer that the settings name.

    Args:
        config: Name, step size, decays.
        parameters: What it moves.
    """
    parameters = list(parameters)
    common = {
        "lr": config.learning_rate,
        "betas": config.betas,
        "eps": config.eps,
        "weight_decay": config.weight_decay,
    }
    match config.name:
        case "adam":
            return torch.optim.Adam(parameters, **common, fused=True)  # type: ignore[arg-type]
        case "adamw":
            return torch.optim.AdamW(parameters, **common, fused=True)  # type: ignore[arg-type]
        case "radam":
            return torch.optim.RAdam(parameters, **common)  # type: ignore[arg-type]


def clip_and_step(optimizer: torch.optim.Optimizer, largest: float | None) -> Float[Tensor, ""]:
    """Clip the gradient by its global norm and let the optimizer move.

    Optimizers that move all tensors in one call divide the gradient as they read it, which saves a
    pass over it.

    Args:
        optimizer: It has the gradients of a step.
        largest: The norm that the gradient may have; ``None`` for any.

    Returns:
        The norm before clipping.
    """
    parameters = [each for group in optimizer.param_groups for each in group["params"]]
    parameters = [each for each in parameters if each.grad is not None]
    norm = torch.nn.utils.get_total_norm([each.grad for each in parameters])
    if largest is None:
        optimizer.step()
    elif optimizer.defaults.get("fused"):
        optimizer.grad_scale = _divisor(norm, largest)  # type: ignore[attr-defined]
        try:
            optimizer.step()
        finally:
            del optimizer.grad_scale  # type: ignore[attr-defined]
    else:
        torch.nn.utils.clip_grads_with_norm_(parameters, largest, norm)
        optimizer.step()
    return norm


def _divisor(norm: Float[Tensor, ""], largest: float) -> Float[Tensor, ""]:
    """Give what a gradient is divided by, in the type that optimizers read it in."""
    return ((norm + _TINY) / largest).clamp(min=1.0).float()


def learning_rate_factor(
    config: OptimizerConfig, beta: Schedule, *, total_steps: int, steps_per_epoch: int
) -> Schedule:
    r"""Make the schedule that multiplies the learning rate, as a function of the optimizer step.

    With ``"cosine-restarts"`` the factor is :math:`\tfrac12 (1 + \cos \pi\tau)` where tau is the
    share of the cycle that has passed: that of ``cycle_epochs``, or of beta; a beta without cycles
    gives one fall over the whole run. With interval ``"epoch"`` the caller reads it at the first
    step of each epoch only.

    Args:
        config: The optimizer's settings.
        beta: The schedule whose cycles are followed.
        total_steps: Optimizer steps of the run.
        steps_per_epoch: Optimizer steps of an epoch.

    References:
        Fu et al. (2019), section 6.4; Loshchilov and Hutter, SGDR, ICLR 2017,
        https://arxiv.org/abs/1608.03983.
    """
    if config.schedule == "constant":
        return Constant(1.0)
    if config.cycle_epochs is not None:
        beta = Cyclical(n_cycles=None, cycle_steps=config.cycle_epochs * steps_per_epoch)
    return cosine_restarts(beta, total_steps)
