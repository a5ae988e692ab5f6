"""Optimizers by name, and a learning rate that restarts with the beta cycles."""

from collections.abc import Iterable

import torch
from torch import nn

from ..config import OptimizerConfig
from ..schedules import Constant, Schedule
from ..schedules.restarts import cosine_restarts

__all__ = ["build_optimizer", "learning_rate_factor"]


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


def learning_rate_factor(config: OptimizerConfig, beta: Schedule, *, total_steps: int) -> Schedule:
    r"""Make the schedule that multiplies the learning rate, as a function of the optimizer step.

    With ``"cosine-restarts"`` the factor is :math:`\tfrac12 (1 + \cos \pi\tau)` where tau is the
    share of the beta cycle that has passed; a beta without cycles gives one fall over the whole
    run. With interval ``"epoch"`` the caller reads it at the first step of each epoch only.

    Args:
        config: The optimizer's settings.
        beta: The schedule whose cycles are followed.
        total_steps: Optimizer steps of the run.

    References:
        Fu et al. (2019), section 6.4; Loshchilov and Hutter, SGDR, ICLR 2017,
        https://arxiv.org/abs/1608.03983.
    """
    if config.schedule == "constant":
        return Constant(1.0)
    return cosine_restarts(beta, total_steps)
