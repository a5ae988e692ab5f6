"""Where to compute, and in how many bits."""

from contextlib import AbstractContextManager
from typing import Any, Literal, cast

import torch

from ..config import UsageError

__all__ = ["autocast", "resolve_device", "resolve_precision"]

Precision = Literal["bf16", "fp32"]


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


def resolve_precision(setting: Literal["auto", "bf16", "fp32"], device: torch.device) -> Precision:
    """Turn ``"auto"`` into bf16 where the processor multiplies bf16 itself, else fp32.

    On a processor without such instructions bf16 is emulated, slower than fp32.

    Args:
        setting: What the user asked for.
        device: Where the model is.

    Raises:
        UsageError: If bf16 is asked for on a device that cannot.
    """
    native = _has_bf16(device)
    if setting == "auto":
        return "bf16" if native else "fp32"
    if setting == "bf16" and device.type == "cuda" and not native:
        raise UsageError("precision bf16 is not possible on this GPU: give --precision fp32")
    return setting


def autocast(precision: Precision, device: torch.device) -> AbstractContextManager[None]:
    """Make a context in which products are taken in the given precision."""
    context = torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bf16")
    return cast("AbstractContextManager[None]", context)


def _has_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        # older versions of torch do not tell
        capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    return False
