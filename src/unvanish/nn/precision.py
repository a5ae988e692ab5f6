"""In how many bits products are taken."""

from contextlib import AbstractContextManager
from typing import Any, Literal, TypeAlias, cast, get_args

import torch

from ..config import UsageError
from ..config.errors import require

__all__ = ["Precision", "PrecisionSetting", "autocast", "resolve_precision"]

Precision: TypeAlias = Literal["bf16", "fp32"]

PrecisionSetting: TypeAlias = Literal["auto", "bf16", "fp32"]
"""What a person may ask for."""


def resolve_precision(setting: PrecisionSetting, device: torch.device) -> Precision:
    """Turn ``"auto"`` into bf16 where the processor multiplies bf16 itself, else fp32.

    On a processor without such instructions bf16 is emulated, slower than fp32.

    Args:
        setting: What the user asked for.
        device: Where the model is.

    Raises:
        UsageError: If it is none of the three, or bf16 on a device that cannot.
    """
    known = get_args(PrecisionSetting)
    require(setting in known, "precision", setting, f"give {', '.join(known)}")
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
