"""The warning that a run ends badly."""

import sys
import warnings

__all__ = ["ScheduleWarning", "warn_caller"]


class ScheduleWarning(UserWarning):
    """A schedule does what its formula says, but probably not what was meant."""


def warn_caller(message: str) -> None:
    """Warn at the line outside this package that led here."""
    package = __name__.partition(".")[0]
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, ScheduleWarning, stacklevel=level)
