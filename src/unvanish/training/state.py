"""What a training run carries along, as tensors by name, and back."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

__all__ = [
    "all_finite",
    "optimizer_state",
    "prefixed",
    "randomness",
    "restore_optimizer",
    "restore_randomness",
    "under",
]


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Put ``prefix.`` before every name."""
    return {f"{prefix}.{name}": value for name, value in tensors.items()}


def under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Take the tensors whose name begins with ``prefix.``, without it."""
    start = f"{prefix}."
    return {
        name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)
    }


def optimizer_state(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Give what an optimizer remembers of every parameter; its settings are the run's.

    Args:
        optimizer: One of torch's, whose memory is all tensors.
    """
    state: dict[int, dict[str, Tensor]] = optimizer.state_dict()["state"]
    return {
        f"{index}.{name}": value
        for index, entries in state.items()
        for name, value in entries.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Give an optimizer of the same parameters its memory back.

    Args:
        optimizer: The optimizer.
        tensors: What :func:`optimizer_state` gave.
    """
    state: dict[int, dict[str, Any]] = {}
    for name, value in tensors.items():
        index, _, entry = name.partition(".")
        state.setdefault(int(index), {})[entry] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def randomness(device: torch.device) -> dict[str, Tensor]:
    """Give the states of torch's generators; nothing of ours draws from them.

    Args:
        device: Where the model is.
    """
    states = {"global": torch.get_rng_state()}
    if device.type == "cuda":
        states["device"] = torch.cuda.get_rng_state(device)
    return states


def restore_randomness(device: torch.device, states: Mapping[str, Tensor]) -> None:
    """Put torch's generators back where :func:`randomness` found them."""
    torch.set_rng_state(states["global"])
    if device.type == "cuda" and "device" in states:
        torch.cuda.set_rng_state(states["device"], device)


def all_finite(module: nn.Module) -> bool:
    """Tell whether every parameter is a finite number."""
    checks = [parameter.isfinite().all() for parameter in module.parameters()]
    return bool(torch.stack(checks).all())
