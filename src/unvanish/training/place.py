"""Where a run is computed, and how exactly."""

from dataclasses import dataclass
from typing import Any

import torch

from ..nn.precision import Precision, PrecisionSetting, resolve_precision
from .device import resolve_device
from .environment import environment

__all__ = ["Place"]


@dataclass(frozen=True)
class Place:
    """What numbers may differ with in their last digits.

    Args:
        device: Where the model is.
        precision: Of its forward pass.
        environment: Versions, device, threads and processes.
    """

    device: torch.device
    precision: Precision
    environment: dict[str, Any]

    @classmethod
    def settled(cls, device: str, precision: PrecisionSetting, processes: int = 1) -> "Place":
        """Take what is asked for, or what there is.

        Args:
            device: ``"auto"``, ``"cpu"``, ``"cuda"``, ...
            precision: ``"auto"``, ``"bf16"`` or ``"fp32"``.
            processes: How many share the batches.

        Raises:
            UsageError: If it is not there.
        """
        there = resolve_device(device)
        exactly = resolve_precision(precision, there)
        return cls(there, exactly, environment(there, exactly, processes))
