"""How experiments of the paper are carried out, judged and written down."""

from .comparing import claim_of_difference
from .experiment import Experiment, Request, Watcher
from .findings import Claim, Findings, ResultTable, Verdict, claim_of_spread, judge, paired
from .folder import carry_out
from .needed_data import PTB, SWDA, YELP, DataFile, require_files
from .text_runs import Cell, TextRuns, train_cells

__all__ = [
    "PTB",
    "SWDA",
    "YELP",
    "Cell",
    "Claim",
    "DataFile",
    "Experiment",
    "Findings",
    "Request",
    "ResultTable",
    "TextRuns",
    "Verdict",
    "Watcher",
    "carry_out",
    "claim_of_difference",
    "claim_of_spread",
    "judge",
    "paired",
    "require_files",
    "train_cells",
]
