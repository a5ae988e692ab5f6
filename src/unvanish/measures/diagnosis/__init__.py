"""Is the latent variable alive? Figures, rules and words of the verdict."""

from ..thresholds import LEAST_INFORMATION, Thresholds
from .diagnosis import Diagnosis, diagnose, judge
from .figures import Circumstances, Figures, measure
from .losses import Losses
from .rules import VERDICTS, Decision, Verdict, decide

__all__ = [
    "LEAST_INFORMATION",
    "VERDICTS",
    "Circumstances",
    "Decision",
    "Diagnosis",
    "Figures",
    "Losses",
    "Thresholds",
    "Verdict",
    "decide",
    "diagnose",
    "judge",
    "measure",
]
