"""What a schedule may be called with, and the namespace that computes with it."""

from __future__ import annotations

import math

from . import scalars
from .validation import is_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["is_real", "read_step"]


def is_real(value: Any) -> bool:
    """Return whether ``value`` is a real number of Python or numpy."""
    from numbers import Real

    return isinstance(value, Real)


def read_step(step: Any) -> tuple[Any, Any]:
    """Return a step as a number or array >= 0, and the namespace for it.

    Args:
        step: A real number, an array with ``__array_namespace__`` (numpy >= 2, JAX, tracers
            included), or a 0-dimensional tensor of another library.

    Raises:
        TypeError: The step is neither of these.
        ValueError: The step is a number, but infinite or not a number.
    """
    if is_real(step):
        return _read_number(step), scalars
    if hasattr(step, "__array_namespace__"):
        return _read_array(step)
    if getattr(step, "ndim", None) == 0 and hasattr(step, "item"):
        return read_step(step.item())
    raise TypeError(
        f"step must be a number or an array, got {type(step).__name__}: for many steps use "
        "schedule.values(n), or schedule(tensor.numpy()) for a tensor"
    )


def _read_number(step: Any) -> float:
    number = int(step) if is_whole(step) else float(step)
    if not math.isfinite(number):
        raise ValueError(f"step must be a finite number, got {step!r}")
    return max(number, 0)


def _read_array(step: Any) -> tuple[Any, Any]:
    xp = step.__array_namespace__()
    if xp.isdtype(step.dtype, ("bool", "integral")):
        # Small and unsigned integers would overflow in step * n_cycles and step - milestone.
        step = xp.asarray(_hold_back(step, xp), dtype=int)
    elif not xp.isdtype(step.dtype, "real floating"):
        raise TypeError(f"step must be an array of real numbers, got dtype {step.dtype}")
    return xp.maximum(step, 0), xp


def _hold_back(step: Any, xp: Any) -> Any:
    """Return unsigned integers with those held back that a signed one would turn negative."""
    if not xp.isdtype(step.dtype, "unsigned integer"):
        return step
    greatest = int(xp.iinfo(xp.asarray(0, dtype=int).dtype).max)
    if int(xp.iinfo(step.dtype).max) <= greatest:
        return step
    return xp.minimum(
        step, xp.asarray(greatest // 2, dtype=step.dtype)
    )  # half: to shift it is safe
