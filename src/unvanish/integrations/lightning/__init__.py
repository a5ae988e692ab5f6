"""Schedules and a watch on the posteriors as callbacks of Lightning's Trainer.

They are callbacks of ``lightning.pytorch`` where that is installed, of ``pytorch_lightning`` where
only that is, and run in the trainers of both.
"""

from .annealing import Interval, KLAnnealing
from .monitor import CollapseMonitor

__all__ = ["CollapseMonitor", "Interval", "KLAnnealing"]
