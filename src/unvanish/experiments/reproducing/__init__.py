"""How experiments of the paper are carried out and written down."""

from .experiment import Experiment, Extent, Request, Watcher
from .findings import Findings, ResultTable
from .folder import carry_out
from .kept import Kept, measure_once
from .measurement import Measurement, Measuring, is_measured
from .part_of_text import part_of_text
from .text_runs import OTHER_SETTINGS, Cell, TextRuns, train_cells

__all__ = [
    "OTHER_SETTINGS",
    "Cell",
    "Experiment",
    "Extent",
    "Findings",
    "Kept",
    "Measurement",
    "Measuring",
    "Request",
    "ResultTable",
    "TextRuns",
    "Watcher",
    "carry_out",
    "is_measured",
    "measure_once",
    "part_of_text",
    "train_cells",
]
