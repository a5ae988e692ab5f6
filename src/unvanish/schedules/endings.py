"""How a run ends: the warning when it ends badly, and the search for a setting that does not."""

import math
import sys
import warnings
from collections.abc import Callable

__all__ = [
    "ScheduleWarning",
    "cycle_remedy",
    "nearest",
    "round_down",
    "warn_caller",
]


class ScheduleWarning(UserWarning):
    """A schedule does what its formula says, but probably not what was meant."""


def warn_caller(message: str) -> None:
    """Warn at the line outside this package that led here."""
    package = __name__.partition(".")[0]
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, ScheduleWarning, stacklevel=level)


def nearest(wanted: int, works: Callable[[int], bool], within: int) -> int | None:
    """Return the whole number >= 1 nearest to ``wanted`` that works; of two, the smaller.

    Args:
        wanted: Where the search begins.
        works: Whether a number will do.
        within: The greatest distance tried.

    Example:
        >>> nearest(10, lambda n: n % 7 == 0, within=5)
        7
        >>> nearest(10, lambda n: n > 99, within=5) is None
        True
    """
    for distance in range(within + 1):
        for number in (wanted - distance, wanted + distance):
            if number >= 1 and works(number):
                return number
    return None


def cycle_remedy(
    ends_well: Callable[..., bool], n_cycles: int | None, ratio: float, reached: float
) -> str:
    """Return the nearest ratio or number of cycles with which a run ends in a hold.

    Args:
        ends_well: Whether the run ends in a hold with ``n_cycles=`` or ``ratio=`` changed.
        n_cycles: The number that ends badly; None where cycles have a fixed length.
        ratio: The ratio that ends badly.
        reached: The share of a cycle between the ramp's beginning and the last step.
    """
    smaller = round_down(reached) if 0 < reached < ratio else 0.0
    smaller = smaller if smaller > 0 and ends_well(ratio=smaller) else 0.0
    if n_cycles is not None and smaller < 0.8 * ratio:
        within = min(n_cycles - 1, 1000)
        better = nearest(n_cycles, lambda n: ends_well(n_cycles=n), within)
        if better is not None:
            return f"n_cycles={better}"
    if smaller or ends_well(ratio=0.0):
        return f"ratio={smaller}"
    return "zero_ratio=0.0, ratio=0.0"


def round_down(share: float) -> float:
    """Return a share cut to four decimals, or as it is where nothing would be left."""
    return math.floor(share * 1e4) / 1e4 or share
