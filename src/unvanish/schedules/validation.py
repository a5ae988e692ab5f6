"""Checks of arguments: every message names the argument, the value and what is allowed."""

from __future__ import annotations

import math
import operator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = ["did_you_mean", "finite", "is_whole", "share", "whole"]


def is_whole(value: Any) -> bool:
    """Return whether ``value`` is of a type of whole numbers: 1 and not 1.0."""
    try:
        operator.index(value)
    except TypeError:
        return False
    return True


def whole(name: str, value: Any, minimum: int | None = None) -> int:
    """Return ``value`` as an int, or say why it is not a whole number (>= ``minimum``)."""
    number = int(operator.index(value)) if is_whole(value) else None
    if number is None or (minimum is not None and number < minimum):
        allowed = "" if minimum is None else f" >= {minimum}"
        hint = _as_whole(value, minimum)
        raise ValueError(f"{name} must be a whole number{allowed}, got {value!r}{hint}")
    return number


def _as_whole(value: Any, minimum: int | None) -> str:
    """Return how to write 1e5, which is a float, as the whole number that is meant."""
    if not isinstance(value, float) or not value.is_integer() or abs(value) > 2**53:
        return ""
    return "" if minimum is not None and value < minimum else f": write {value:.0f}"


def finite(name: str, value: Any) -> float:
    """Return ``value`` as a float, or say why it is not a finite number."""
    number = _number(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return number


def share(name: str, value: Any) -> float:
    """Return ``value`` as a float, or say why it is not a share between 0 and 1."""
    number = _number(value)
    if not 0.0 <= number <= 1.0:
        raise ValueError(f"{name} must be in [0, 1], got {value!r}")
    return number


def _number(value: Any) -> float:
    try:
        return math.nan if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def did_you_mean(word: Any, options: Iterable[str]) -> str:
    """Return the tail of a message about an unknown name: the nearest name, or all of them."""
    import difflib

    known = sorted(options)
    near = difflib.get_close_matches(str(word).lower(), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(known)}"
