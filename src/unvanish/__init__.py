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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import compat as compat
    from . import presets as presets
    from .measures.diagnosis import diagnose as diagnose
    from .runs import load as load
else:

    def __getattr__(name):  # noqa: ANN001, ANN202
        # On first use: the import stays quick.
        if name in ("compat", "presets"):
            from importlib import import_module

            return import_module(f"{__name__}.{name}")
        if name == "load":
            from .runs import load

            return load
        if name == "diagnose":
            from .measures.diagnosis import diagnose

            return diagnose
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
