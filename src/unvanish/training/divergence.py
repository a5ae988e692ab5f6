"""What is told of a run whose numbers are no longer finite."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config import UsageError

__all__ = ["divergence", "not_finite"]


def not_finite(figures: Mapping[str, Any]) -> str | None:
    """Name the first figure that is not a finite number; lists are left to their sums.

    Example:
        >>> not_finite({"rec": 3.0, "kl": math.inf})
        'kl is inf'
    """
    numbers = ((name, value) for name, value in figures.items() if not isinstance(value, list))
    return next((f"{name} is {value}" for name, value in numbers if not math.isfinite(value)), None)


def divergence(what: str, *, step: int, kept: int | None, run: Path | None) -> UsageError:
    """Make the error that says what to do.

    Args:
        what: What is not finite.
        step: Optimizer steps done.
        kept: The step of the last state saved, if there is one.
        run: The run to begin from, if it has finished an epoch.
    """
    good = "" if kept is None else f"; the state of step {kept:,} is kept"
    begin = "anew with" if run is None else f"--from {run} with"
    return UsageError(
        f"training has diverged: {what} at step {step:,}{good}; begin {begin} a lower "
        "--learning-rate, or --precision fp32, and another --out"
    )
