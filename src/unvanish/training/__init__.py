"""The loop, optimizers and learning rates, device, checkpoints."""

from ..nn.precision import resolve_precision
from ..processes import available_cores
from .device import resolve_device
from .endings import ProcessLostError, TrainingStopped
from .environment import environment, peak_memory
from .interruption import Interruption, SharedInterruption
from .loop import Trainer
from .processes import Processes, joined, require_alone
from .reporter import Logger, LogReporter, Plan, Reporter
from .session import train
from .tensorboard import TensorBoardLogger

__all__ = [
    "Interruption",
    "LogReporter",
    "Logger",
    "Plan",
    "ProcessLostError",
    "Processes",
    "Reporter",
    "SharedInterruption",
    "TensorBoardLogger",
    "Trainer",
    "TrainingStopped",
    "available_cores",
    "environment",
    "joined",
    "peak_memory",
    "require_alone",
    "resolve_device",
    "resolve_precision",
    "train",
]
