"""Training on dialogs: rounds, a growing patience, and a folder of its own."""

from .loop import DialogTrainer
from .patience import GrowingPatience
from .session import train_dialogs

__all__ = ["DialogTrainer", "GrowingPatience", "train_dialogs"]
