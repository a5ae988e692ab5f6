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
    from . import controllers as controllers
    from . import objectives as objectives
    from . import presets as presets
    from .measures.diagnosis import diagnose as diagnose
    from .runs import load as load
else:
    _MODULES = ("compat", "controllers", "objectives", "presets")
    _FUNCTIONS = {"diagnose": ".measures.diagnosis", "load": ".runs"}

    def __getattr__(name):  # noqa: ANN001, ANN202
        # On first use: the import stays quick.
        from importlib import import_module

        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        if name in _FUNCTIONS:
            return getattr(import_module(_FUNCTIONS[name], __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():  # noqa: ANN202
        return sorted({*globals(), *_MODULES, *_FUNCTIONS})


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
