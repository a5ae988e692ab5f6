"""Checks of arguments: every message names the argument, the value and what is allowed."""

import math
import operator
from collections.abc import Iterable
from typing import Any

__all__ = ["did_you_mean", "finite", "share", "whole"]


def whole(name: str, value: Any, minimum: int | None = None) -> int:
    """Return ``value`` as an int, or say why it is not a whole number (>= ``minimum``)."""
    try:
        number = int(operator.index(value))
    except TypeError:
        number = None
    if number is None or (minimum is not None and number < minimum):
        allowed = "" if minimum is None else f" >= {minimum}"
        raise ValueError(f"{name} must be a whole number{allowed}, got {value!r}")
    return number


def finite(name: str, value: Any) -> float:
    """Return ``value`` as a float, or say why it is not a finite number."""
    try:
        number = math.nan if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return number


def share(name: str, value: Any) -> float:
    """Return ``value`` as a float, or say why it is not a share between 0 and 1."""
    number = finite(name, value)
    if not 0.0 <= number <= 1.0:
        raise ValueError(f"{name} must be in [0, 1], got {value!r}")
    return number


def did_you_mean(word: Any, options: Iterable[str]) -> str:
    """Return the tail of a message about an unknown name: the nearest name, or all of them."""
    import difflib

    known = sorted(options)
    near = difflib.get_close_matches(str(word).lower(), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(known)}"
