"""The loop, optimizers and learning rates, device, checkpoints."""

from ..nn.precision import resolve_precision
from ..processes import available_cores
from .course import Course
from .device import resolve_device
from .endings import ProcessLostError, TrainingStopped
from .environment import environment, peak_memory
from .interruption import Interruption, SharedInterruption
from .loop import Trainer
from .parts import Batches, Updating, Validating, Validation
from .place import Place
from .processes import Processes, process_group, require_alone
from .progress import Progress
from .reporter import Logger, LogReporter, Plan, Reporter
from .run_state import RunState
from .session import train
from .tensorboard import TensorBoardLogger
from .timetable import Timetable

__all__ = [
    "Batches",
    "Course",
    "Interruption",
    "LogReporter",
    "Logger",
    "Place",
    "Plan",
    "ProcessLostError",
    "Processes",
    "Progress",
    "Reporter",
    "RunState",
    "SharedInterruption",
    "TensorBoardLogger",
    "Timetable",
    "Trainer",
    "TrainingStopped",
    "Updating",
    "Validating",
    "Validation",
    "available_cores",
    "environment",
    "peak_memory",
    "process_group",
    "require_alone",
    "resolve_device",
    "resolve_precision",
    "train",
]
