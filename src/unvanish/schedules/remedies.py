"""Which settings, near to given ones, let a run of cycles end in a hold.

Numbers only: a cycle is ``ratio`` of ramp after ``zero`` of waiting, tau is the share of a cycle
at which a run stops. The distance to a setting is the sum of its relative changes.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .shapes import SNAP

__all__ = ["Remedy", "fit", "fixed_cycle_remedies", "remedies", "round_down", "tau_at_end"]

_FARTHEST = 10_000
_FAR = 0.75


@dataclass(frozen=True)
class Remedy:
    """A setting with which a run ends in a hold.

    Args:
        distance: Sum of the relative changes.
        ratio: The ratio, or None where it may stay.
        n_cycles: The number of cycles, or None where it may stay.
        steps: The length of the run, or None where it may stay.
    """

    distance: float
    ratio: float | None = None
    n_cycles: int | None = None
    steps: int | None = None

    def words(self, length: Callable[[int], str]) -> str:
        """Return the setting in words.

        Args:
            length: Returns the words for a number of steps.

        Example:
            >>> Remedy(0.2, ratio=0.9, steps=12).words("{} steps".format)
            'a run of 12 steps with ratio=0.9'
        """
        changed = [("n_cycles", self.n_cycles), ("ratio", self.ratio)]
        setting = ", ".join(f"{name}={value}" for name, value in changed if value is not None)
        if self.steps is None:
            return setting
        run = f"a run of {length(self.steps)}"
        return f"{run} with {setting}" if setting else run


def round_down(share: float) -> float:
    """Return a share cut to four decimals, or as it is where nothing would be left."""
    return math.floor(share * 1e4) / 1e4 or share


def tau_at_end(steps: int, n_cycles: int, offset: int) -> float | None:
    """Return tau at the last step of a run; None where it has another number of cycles."""
    period = -(-steps // n_cycles)
    if -(-steps // period) != n_cycles:
        return None
    return ((steps - 1) % period + offset) * n_cycles / steps


def fit(tau: float | None, ratio: float, zero: float) -> float | None:
    """Return the greatest ratio, at most the one given, that holds at tau; None where none does.

    Example:
        >>> fit(0.7, 0.5, 0.0), fit(0.7, 0.9, 0.0), fit(0.0, 0.9, 0.0)
        (0.5, 0.7, None)
    """
    if tau is None or tau <= zero + SNAP:
        return None
    if ratio == 0.0 or (tau - zero) / ratio >= 1.0 - SNAP:
        return ratio
    return round_down(tau - zero)


def remedies(
    steps: int, n_cycles: int, ratio: float, zero: float, offset: int
) -> tuple[Remedy, ...]:
    """Return the nearest other setting for a run and the nearest other run, nearest first.

    Considered are all numbers of cycles, and all runs that the cycles divide evenly, from half to
    twice of what was given, each with the ratio lowered as far as it must be; others only where
    these fail. Left out are a far one beside a near one, and any beside a lower ratio that will do.

    Args:
        steps: Length of the run.
        n_cycles: Number of cycles.
        ratio: Share of the ramp.
        zero: Share of the wait before it.
        offset: Steps added to the position in a cycle.
    """

    def with_cycles(cycles: int) -> Remedy | None:
        fitting = fit(tau_at_end(steps, cycles, offset), ratio, zero)
        changed = None if cycles == n_cycles else cycles
        return _remedy(abs(cycles - n_cycles) / n_cycles, ratio, fitting, n_cycles=changed)

    def with_period(period: int) -> Remedy | None:
        length = period * n_cycles
        if length == steps:
            return None
        fitting = fit(tau_at_end(length, n_cycles, offset), ratio, zero)
        return _remedy(abs(length - steps) / steps, ratio, fitting, steps=length)

    near = range(-(-n_cycles // 2), min(2 * n_cycles, steps) + 1)
    periods = range(max(-(-steps // (2 * n_cycles)), 1), 2 * steps // n_cycles + 1)
    found = [
        _nearest(n_cycles, near, 1 / n_cycles, with_cycles),
        _nearest(steps // n_cycles, periods, n_cycles / steps, with_period),
    ]
    far = not any(found)
    if far:
        fewer = range(1, min(n_cycles, steps) + 1)
        found = [
            _nearest(fewer.stop - 1, fewer, 1 / n_cycles, with_cycles),
            _nearest(1, range(1, _FARTHEST), n_cycles / steps, with_period),
        ]
    ordered = sorted((one for one in found if one), key=lambda one: one.distance)
    if ordered and ordered[0].steps is ordered[0].n_cycles is None:
        return (ordered[0],)
    return tuple(one for one in ordered if far or one is ordered[0] or one.distance <= _FAR)


def fixed_cycle_remedies(
    steps: int, period: int, first_hold: int, ratio: float, zero: float, offset: int
) -> tuple[Remedy, ...]:
    """Return the nearest run, or the nearest ratio, for cycles of a fixed length.

    Args:
        steps: Length of the run.
        period: Length of a cycle.
        first_hold: Position in a cycle from which it holds; ``period`` or more where it never does.
        ratio: Share of the ramp.
        zero: Share of the wait before it.
        offset: Steps added to the position in a cycle.
    """
    begun = (steps - 1) // period * period
    if first_hold < period:
        ends, fitting = (begun + first_hold + 1, begun), ratio
    else:
        ends = (begun + period, begun)
        fitting = fit((period - 1 + offset) / period, ratio, zero) or 0.0
    if not fitting and ratio:
        return ()
    length = min((end for end in ends if end >= 1), key=lambda end: abs(end - steps))
    changed = None if length == steps else length
    found = _remedy(abs(length - steps) / steps, ratio, fitting, steps=changed)
    return (found,) if found and found.distance else ()


def _remedy(
    distance: float,
    ratio: float,
    fitting: float | None,
    *,
    n_cycles: int | None = None,
    steps: int | None = None,
) -> Remedy | None:
    if fitting is None:
        return None
    if fitting == ratio:
        return Remedy(distance, None, n_cycles, steps)
    return Remedy(distance + (ratio - fitting) / ratio, fitting, n_cycles, steps)


def _nearest(
    wanted: int, numbers: range, unit: float, remedy: Callable[[int], Remedy | None]
) -> Remedy | None:
    """Return the remedy of least distance over the numbers; of two as near, the greater number."""
    best: Remedy | None = None
    for away, number in _outward(wanted, numbers):
        if best is not None and (away - 1) * unit > best.distance:
            break
        found = remedy(number)
        if found is None:
            continue
        gain = math.inf if best is None else best.distance - found.distance
        if gain > SNAP or (gain > -SNAP and away and number > wanted):
            best = found
    return best


def _outward(wanted: int, numbers: range) -> Iterator[tuple[int, int]]:
    farthest = max(numbers.stop - wanted, wanted - numbers.start, 0)
    for away in range(min(farthest, _FARTHEST) + 1):
        for number in dict.fromkeys((wanted + away, wanted - away)):
            if number in numbers:
                yield away, number
