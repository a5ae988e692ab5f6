"""The shape of a ramp: how the value goes from start to stop.

Every shape maps progress in [0, 1] to a share in [0, 1] with f(0) = 0 and f(1) = 1:

===========  ==================================================================
linear       p
cosine       (1 - cos(pi p)) / 2
sigmoid      logistic(k (p - 1/2)) moved and scaled onto [0, 1], k = 12
exponential  (e^(k p) - 1) / (e^k - 1), k = 5: slow at first (0.076 half-way)
===========  ==================================================================

The scripts usually copied leave the sigmoid as it is: it starts at 0.0025, ends at 0.9975 and
jumps to 1. Here it is renormalised.
"""

from __future__ import annotations

import math

from . import scalars
from .validation import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    _Shape = Callable[[Any, Any], Any]

__all__ = [
    "SNAP",
    "check_shape",
    "ramp",
    "ramp_of_number",
    "register_shape",
    "shape_names",
    "tolerance",
]

SNAP = 1e-12
"""Progress this near to 0 or 1 is 0 or 1, so that rounding cannot miss the ends of a ramp."""

_SIGMOID_STEEPNESS = 12.0
_EXPONENTIAL_STEEPNESS = 5.0


def _linear(progress: Any, xp: Any) -> Any:
    return progress


def _cosine(progress: Any, xp: Any) -> Any:
    return 0.5 - 0.5 * xp.cos(xp.pi * progress)


def _sigmoid(progress: Any, xp: Any) -> Any:
    # logistic(x) = (1 + tanh(x / 2)) / 2; this form is exactly 0 and 1 at the ends.
    half = _SIGMOID_STEEPNESS / 2
    return 0.5 + 0.5 * xp.tanh(half * (progress - 0.5)) / math.tanh(half / 2)


def _exponential(progress: Any, xp: Any) -> Any:
    return xp.expm1(_EXPONENTIAL_STEEPNESS * progress) / math.expm1(_EXPONENTIAL_STEEPNESS)


_BUILT_IN: dict[str, _Shape] = {
    "linear": _linear,
    "cosine": _cosine,
    "sigmoid": _sigmoid,
    "exponential": _exponential,
}
_SHAPES: dict[str, _Shape] = dict(_BUILT_IN)


def shape_names() -> tuple[str, ...]:
    """Return the names a ramp's ``shape`` may have, registered ones included."""
    return tuple(_SHAPES)


def check_shape(shape: Any) -> str:
    """Return the name of a shape, or say what is wrong with it.

    Raises:
        ValueError: It is no known name. A function is given a name by ``register_shape`` first.
    """
    if callable(shape):
        raise ValueError(
            f"shape must be a name, got the function {shape!r}: "
            "register_shape(name, f) gives it one, then write shape=name"
        )
    if not isinstance(shape, str) or shape not in _SHAPES:
        raise ValueError(f"unknown shape {shape!r}: {did_you_mean(shape, _SHAPES)}")
    return shape


def register_shape(name: str, f: Callable[[Any], Any], *, overwrite: bool = False) -> None:
    """Give the ramp shape ``f`` a name that schedules can use.

    Schedules keep the name only, so they stay comparable, printable and picklable; a process that
    loads one registers the shape first.

    Args:
        name: A word of letters, digits, ``_`` and ``-``, used as ``shape=name``.
        f: Maps progress in [0, 1] to a share in [0, 1], with f(0) = 0 and f(1) = 1. It is called
            with a float, or with an array when the schedule is: plain arithmetic serves both.
        overwrite: Replace a shape registered earlier. Built-in shapes cannot be replaced.

    Raises:
        ValueError: The name is taken or no word, or ``f`` gives no number, misses 0 or 1 by more
            than 1e-6 or leaves [0, 1].

    Example:
        >>> register_shape("square", lambda progress: progress**2, overwrite=True)
        >>> from unvanish import Monotonic
        >>> Monotonic(4, shape="square").values(6)
        [0.0, 0.0625, 0.25, 0.5625, 1.0, 1.0]
    """
    if not isinstance(name, str) or not name.replace("-", "_").isidentifier():
        raise ValueError(f"name must be a word of letters, digits, _ and -, got {name!r}")
    if name in _BUILT_IN or (name in _SHAPES and not overwrite):
        hint = "choose another name" if name in _BUILT_IN else "overwrite=True replaces it"
        raise ValueError(f"name {name!r} is a shape already: {hint}")
    _check_function(name, f)
    _SHAPES[name] = _serve(name, f)


def _check_function(name: str, f: Callable[[Any], Any]) -> None:
    if not callable(f):
        raise ValueError(f"f must be a function of progress, got {f!r}")
    for end in (0.0, 1.0):
        if not abs(_evaluate(name, f, end) - end) <= 1e-6:
            raise ValueError(f"shape {name!r} must have f({end}) = {end}, got {f(end)!r}")
    for progress in (i / 16 for i in range(1, 16)):
        if not -1e-6 <= _evaluate(name, f, progress) <= 1 + 1e-6:
            raise ValueError(
                f"shape {name!r} must stay in [0, 1], got f({progress}) = {f(progress)!r}"
            )


def _evaluate(name: str, f: Callable[[Any], Any], progress: float) -> float:
    value = f(progress)
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"shape {name!r} must give a number in [0, 1], got f({progress}) = {value!r}"
        ) from None


def _serve(name: str, f: Callable[[Any], Any]) -> _Shape:
    def shape(progress: Any, xp: Any) -> Any:
        try:
            return f(progress)
        except (TypeError, ValueError) as error:
            if isinstance(progress, float):
                raise
            raise TypeError(
                f"shape {name!r} serves Python numbers only ({error}): "
                "write it with plain arithmetic to call the schedule with an array"
            ) from error

    return shape


def tolerance(values: Any, xp: Any) -> float:
    """Return how near to an end of a ramp is the end: ``SNAP``, or what an array's type resolves.

    Args:
        values: A float or a float array.
        xp: Namespace of ``values``.
    """
    dtype = getattr(values, "dtype", None)
    return SNAP if dtype is None else max(SNAP, 4.0 * float(xp.finfo(dtype).eps))


def ramp(
    progress: Any, shape: str, start: float, stop: float, xp: Any, *, share: float = 1.0
) -> Any:
    """Return the value of a ramp: ``start`` up to progress 0, ``stop`` from progress 1.

    The ends are exact and nothing leaves the interval between them, whatever the rounding.

    Args:
        progress: A float or a float array; any value, it is held at 0 and 1.
        shape: A registered name.
        start: Value at progress 0.
        stop: Value at progress 1.
        xp: Namespace of ``progress``.
        share: What progress was divided by: dividing by less makes its rounding coarser.
    """
    if xp is scalars:
        return ramp_of_number(progress, shape, start, stop)
    portion = _SHAPES[check_shape(shape)](xp.clip(progress, 0.0, 1.0), xp)
    low, high = (start, stop) if start <= stop else (stop, start)
    value = xp.clip(start + (stop - start) * portion, low, high)
    near = tolerance(progress, xp)
    if near > SNAP:
        near = min(near / (share or 1.0), 0.5)
    value = xp.where(progress <= near, start, value)
    return xp.where(progress >= 1.0 - near, stop, value)


def ramp_of_number(progress: float, shape: str, start: float, stop: float) -> float:
    """Return what ``ramp`` gives for one number, as a training loop asks for it at every step.

    Args:
        progress: Any number, it is held at 0 and 1.
        shape: A registered name.
        start: Value at progress 0.
        stop: Value at progress 1.
    """
    known = None
    if shape != "linear":  # which needs no call
        known = _SHAPES.get(shape) or _SHAPES[check_shape(shape)]
    if progress <= SNAP:
        return start
    if progress >= 1.0 - SNAP:
        return stop
    value: float = start + (stop - start) * (known(progress, scalars) if known else progress)
    if start <= stop:
        return start if value < start else stop if value > stop else value
    return stop if value < stop else start if value > start else value
