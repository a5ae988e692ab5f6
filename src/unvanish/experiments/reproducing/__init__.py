"""How experiments of the paper are carried out, judged and written down."""

from .by_seed import BySeed
from .comparing import claim_of_difference
from .experiment import Experiment, Extent, Request, Watcher
from .findings import Claim, Findings, ResultTable, Verdict, claim_of_spread, judge, paired
from .folder import carry_out
from .kept import Kept, measure_once, measure_runs_once
from .needed_data import PTB, SWDA, YELP, DataFile, require_files
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
    "DataFile",
    "Experiment",
    "Extent",
    "Findings",
    "Kept",
    "Request",
    "ResultTable",
    "TextRuns",
    "Verdict",
    "Watcher",
    "carry_out",
    "claim_of_difference",
    "claim_of_spread",
    "judge",
    "measure_once",
    "measure_runs_once",
    "paired",
    "part_of_text",
    "require_files",
    "train_cells",
]
