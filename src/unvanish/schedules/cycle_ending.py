"""What is wrong with the end of a run of cycles, and what to do about it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from .remedies import Remedy, fixed_cycle_remedies, remedies
from .wording import cycles_in_words, plural

if TYPE_CHECKING:
    from .cyclical import Cyclical
    from .stretch import Stretch

__all__ = ["held_after", "problem"]


_LIKE_CYCLES = 20
"""Up to which length in steps a number of cycles may have been meant."""


def problem(schedule: "Cyclical", stretch: "Stretch") -> str | None:
    """Return what ``Cyclical.ending_problem`` returns."""
    steps = stretch.steps
    if _ends_well(schedule, steps):
        return None
    count = "" if schedule.n_cycles is None else f"n_cycles={schedule.n_cycles} gives "
    return (
        f"{stretch.run} {_fault(schedule, stretch)}: "
        f"{count}{cycles_in_words(steps, schedule.period)}; "
        f"nearest setting that ends in a hold: {_remedy(schedule, stretch)}"
    )


def held_after(schedule: "Cyclical", stretch: "Stretch") -> str | None:
    """Return what ``Cyclical.length_problem`` returns."""
    total, steps = schedule.total_steps, stretch.steps
    if total is None or total >= steps or total <= schedule.period or _is_flat(schedule):
        return None  # one cycle is one ramp, then a hold, however long
    remedy = f"total_steps={steps}" if schedule.n_cycles is None else _remedy(schedule, stretch)
    return (
        f"{stretch.run} is longer than the total_steps={total} that the schedule was given: its "
        f"cycles end there and {stretch.value(schedule.stop)} is held for "
        f"{plural(steps - total, 'step')} more; use {remedy}{_if_cycles_were_meant(schedule)}, "
        "or Join to mean it"
    )


def _if_cycles_were_meant(schedule: "Cyclical") -> str:
    total = schedule.total_steps
    meant = schedule.n_cycles == type(schedule).n_cycles and total and total <= _LIKE_CYCLES
    return f" (n_cycles={total} if so many cycles were meant)" if meant else ""


def _is_flat(schedule: "Cyclical") -> bool:
    return schedule.start == schedule.stop or schedule.ratio == schedule.zero_ratio == 0.0


def _ends_well(schedule: "Cyclical", steps: int) -> bool:
    if _is_flat(schedule):
        return True
    count_matters = schedule.cycle_steps is None and schedule.total_steps == steps
    if count_matters and -(-steps // schedule.period) != schedule.n_cycles:
        return False
    return schedule(steps - 1) == schedule.stop


def _fault(schedule: "Cyclical", stretch: "Stretch") -> str:
    top, last = schedule(schedule.period - 1), schedule(stretch.steps - 1)
    wanted = stretch.value(schedule.stop)
    if last == schedule.stop:
        cycles = plural(-(-stretch.steps // schedule.period), "cycle")
        return f"has {cycles}, not the {schedule.n_cycles:,} asked for"
    if last == top:
        return f"peaks at {stretch.value(top)}, not at {wanted}"
    peak = "" if top == schedule.stop else f"peaks at {stretch.value(top)} and "
    where = "before a ramp has risen" if last == schedule.start else "inside a ramp"
    return f"{peak}stops {where}, at {stretch.value(last)} instead of {wanted}"


def _remedy(schedule: "Cyclical", stretch: "Stretch") -> str:
    steps, share = stretch.steps, (schedule.ratio, schedule.zero_ratio, schedule.offset)
    if schedule.n_cycles is None:
        found = fixed_cycle_remedies(steps, schedule.period, schedule.first_hold, *share)
        return _either(found, stretch) or "longer cycles"
    if schedule.total_steps != steps and _ends_well(replace(schedule, total_steps=steps), steps):
        return f"total_steps={steps}"
    found = remedies(steps, schedule.n_cycles, *share)
    if schedule.total_steps != steps:
        setting = _either(found[:1], stretch) or "a smaller zero_ratio"
        length = found[0].steps if found else None
        return (
            f"total_steps={steps}, {setting}"
            if length is None
            else (f"total_steps={length} and {setting}")
        )
    return _either(found, stretch) or "a smaller zero_ratio"


def _either(found: tuple[Remedy, ...], stretch: "Stretch") -> str:
    return ", or ".join(remedy.words(stretch.length) for remedy in found)
