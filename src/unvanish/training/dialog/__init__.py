"""Training on dialogs: rounds, a growing patience, and a folder of its own."""

from .patience import GrowingPatience
from .session import train_dialogs
from .updates import DialogUpdates
from .validation import DialogValidation

__all__ = ["DialogUpdates", "DialogValidation", "GrowingPatience", "train_dialogs"]
