"""How experiments of the paper are carried out, judged and written down."""

from .by_seed import BySeed
from .claims import Claim, Expected, Verdict, adjusted, claim_of_spread, judge, paired
from .comparing import Comparison, judge_comparisons
from .experiment import Experiment, Request, Watcher
from .findings import Findings, ResultTable
from .folder import carry_out
from .needed_data import PTB, SWDA, YELP, DataFile, require_files
from .same_settings import require_settings
from .text_runs import Cell, TextRuns, train_cells

__all__ = [
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
    "Findings",
    "Request",
    "ResultTable",
    "TextRuns",
    "Verdict",
    "Watcher",
    "adjusted",
    "carry_out",
    "claim_of_spread",
    "judge",
    "judge_comparisons",
    "paired",
    "require_files",
    "require_settings",
    "train_cells",
]
