"""How experiments of the paper are carried out, judged (see ``judging``) and written down."""

from ..corpora import PTB, SWDA, YELP, DataFile, require_files
from ..judging import (
    BySeed,
    Claim,
    Comparison,
    Expected,
    Verdict,
    adjusted,
    claim_of_spread,
    judge,
    judge_comparisons,
    paired,
)
from .experiment import Experiment, Extent, Request, Watcher
from .findings import Findings, ResultTable
from .folder import carry_out
from .kept import Kept, measure_once
from .measurement import Measurement, Measuring, is_measured
from .part_of_text import part_of_text
from .text_runs import OTHER_SETTINGS, Cell, TextRuns, train_cells

__all__ = [
    "OTHER_SETTINGS",
    "PTB",
    "SWDA",
    "YELP",
    "BySeed",
    "Cell",
    "Claim",
    "Comparison",
    "DataFile",
    "Expected",
    "Experiment",
    "Extent",
    "Findings",
    "Kept",
    "Measurement",
    "Measuring",
    "Request",
    "ResultTable",
    "TextRuns",
    "Verdict",
    "Watcher",
    "adjusted",
    "carry_out",
    "claim_of_spread",
    "is_measured",
    "judge",
    "judge_comparisons",
    "measure_once",
    "paired",
    "part_of_text",
    "require_files",
    "train_cells",
]
