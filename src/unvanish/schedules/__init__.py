"""Schedules: a value for every step of training, from the standard library alone.

``beta = schedule(step)``, the first step being 0. Anything may be scheduled: the weight of the KL
term, a learning rate, a free-bits target, a dropout rate.
"""

from .composition import Clamped, Scaled, Shifted
from .constant import Constant
from .cyclical import Cyclical
from .endings import ScheduleWarning
from .join import Join
from .monotonic import Monotonic
from .registry import names as schedule_names
from .schedule import Schedule
from .scheduler import Scheduler
from .shapes import register_shape, shape_names
from .wave import Wave

__all__ = [
    "Clamped",
    "Constant",
    "Cyclical",
    "Join",
    "Monotonic",
    "Scaled",
    "Schedule",
    "ScheduleWarning",
    "Scheduler",
    "Shifted",
    "Wave",
    "register_shape",
    "schedule_names",
    "shape_names",
]
