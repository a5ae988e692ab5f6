"""Where to compute."""

import torch

from ..config import UsageError
from ..nn.device import available_device

__all__ = ["resolve_device"]


def resolve_device(name: str) -> torch.device:
    """Turn ``"auto"`` into the best device at hand, and check any other name.

    Raises:
        UsageError: If the device does not exist here, or is of a kind that is not trained on.
    """
    device = available_device(name)
    if device.type not in ("cpu", "cuda"):
        raise UsageError(f"device {name!r} is not to be had here: give auto or cpu")
    return device
