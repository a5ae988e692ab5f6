"""Where to compute."""

import torch

from ..config import UsageError

__all__ = ["resolve_device"]


def resolve_device(name: str) -> torch.device:
    """Turn ``"auto"`` into the best device at hand, and check any other name.

    Raises:
        UsageError: If the device does not exist here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
        if device.type in ("cpu", "cuda"):
            return device
    except (RuntimeError, AssertionError):
        pass
    raise UsageError(f"device {name!r} is not to be had here: give auto or cpu")
