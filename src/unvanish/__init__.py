"""Keep the latent variable of a variational autoencoder alive."""

from .schedules import (
    Constant,
    Cyclical,
    Join,
    Monotonic,
    Schedule,
    Scheduler,
    ScheduleWarning,
    Wave,
    register_shape,
)

__all__ = [
    "Constant",
    "Cyclical",
    "Join",
    "Monotonic",
    "Schedule",
    "ScheduleWarning",
    "Scheduler",
    "Wave",
    "register_shape",
]

__version__ = "0.1.0"
