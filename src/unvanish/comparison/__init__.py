"""Schedules side by side: the same text, seeds and settings under each."""

from .grid import Ended, Grid, Listener, train_grid
from .plan import ComparisonPlan, Entry
from .summary import Difference, Row, Summary, summarize_runs

__all__ = [
    "ComparisonPlan",
    "Difference",
    "Ended",
    "Entry",
    "Grid",
    "Listener",
    "Row",
    "Summary",
    "summarize_runs",
    "train_grid",
]
