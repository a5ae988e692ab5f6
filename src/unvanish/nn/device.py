"""Where tensors can be."""

import torch

from ..config import UsageError

__all__ = ["available_device"]


def available_device(name: str | torch.device) -> torch.device:
    """Turn ``"auto"`` into the best device at hand, and check that any other is there.

    Args:
        name: What the user asked for.

    Raises:
        UsageError: If the device does not exist here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise UsageError(f"device {str(name)!r} is not to be had here: give auto or cpu") from error
    return device
