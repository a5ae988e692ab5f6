"""The loop, optimizers and learning rates, device, checkpoints."""

from ..nn.precision import resolve_precision
from ..processes import available_cores
from .device import resolve_device
from .environment import environment, peak_memory
from .interruption import Interruption, SharedInterruption, TrainingStopped
from .loop import Trainer
from .reporter import Logger, LogReporter, Plan, Reporter
from .session import train
from .tensorboard import TensorBoardLogger

__all__ = [
    "Interruption",
    "LogReporter",
    "Logger",
    "Plan",
    "Reporter",
    "SharedInterruption",
    "TensorBoardLogger",
    "Trainer",
    "TrainingStopped",
    "available_cores",
    "environment",
    "peak_memory",
    "resolve_device",
    "resolve_precision",
    "train",
]
