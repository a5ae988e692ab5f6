"""Schedules side by side: the same text, seeds and settings under each."""

from ..training.several_runs import Ended, Listener
from .entries import train_entries
from .extending import extend
from .folder import begin, carry_out, finished_runs, reopen, runs_in
from .one_text import require_one_text
from .paths import PathsOverTraining, summarize_paths
from .plan import ComparisonPlan, Entry
from .search import Choice, Search, begin_search, reopen_search
from .searching import Tried, carry_out_search
from .storage import NOT_KEPT, kept_storage
from .summary import Difference, Row, Summary, summarize_runs
from .worker import Afterwards, Grid

__all__ = [
    "NOT_KEPT",
    "Afterwards",
    "Choice",
    "ComparisonPlan",
    "Difference",
    "Ended",
    "Entry",
    "Grid",
    "Listener",
    "PathsOverTraining",
    "Row",
    "Search",
    "Summary",
    "Tried",
    "begin",
    "begin_search",
    "carry_out",
    "carry_out_search",
    "extend",
    "finished_runs",
    "kept_storage",
    "reopen",
    "reopen_search",
    "require_one_text",
    "runs_in",
    "summarize_paths",
    "summarize_runs",
    "train_entries",
]
