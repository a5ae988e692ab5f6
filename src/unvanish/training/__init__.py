"""The loop, optimizers and learning rates, precision."""

from .environment import environment, peak_memory
from .loop import Trainer
from .precision import resolve_device, resolve_precision
from .reporter import LogReporter, Plan, Reporter
from .session import train

__all__ = [
    "LogReporter",
    "Plan",
    "Reporter",
    "Trainer",
    "environment",
    "peak_memory",
    "resolve_device",
    "resolve_precision",
    "train",
]
