"""What is claimed, and whether it holds: the same for every experiment and for the demo.

A claim of what is so in the mean is judged over seeds, by Student's t, with all others of its
experiment at once (:func:`adjusted`).
"""

from .by_seed import BySeed
from .claims import (
    Claim,
    Expected,
    Verdict,
    adjusted,
    claim_of_spread,
    judge,
    left_open,
    paired,
)
from .comparing import Comparison, Contrast, judge_comparisons
from .equivalence import claim_of_margin
from .wording import HEADINGS, MEANING, claim_line, claim_row, how_judged

__all__ = [
    "HEADINGS",
    "MEANING",
    "BySeed",
    "Claim",
    "Comparison",
    "Contrast",
    "Expected",
    "Verdict",
    "adjusted",
    "claim_line",
    "claim_of_margin",
    "claim_of_spread",
    "claim_row",
    "how_judged",
    "judge",
    "judge_comparisons",
    "left_open",
    "paired",
]
