"""Schedules side by side: the same text, seeds and settings under each."""

from .folder import begin, carry_out, finished_runs, reopen
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
    "begin",
    "carry_out",
    "finished_runs",
    "reopen",
    "summarize_runs",
    "train_grid",
]
