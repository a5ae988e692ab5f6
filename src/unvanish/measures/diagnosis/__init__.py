"""Is the latent variable alive? Figures, rules and words of the verdict."""

from .diagnosis import Diagnosis, diagnose, judge
from .figures import Circumstances, Figures, measure
from .rules import VERDICTS, Verdict, decide
from .thresholds import LEAST_INFORMATION, Thresholds

__all__ = [
    "LEAST_INFORMATION",
    "VERDICTS",
    "Circumstances",
    "Diagnosis",
    "Figures",
    "Thresholds",
    "Verdict",
    "decide",
    "diagnose",
    "judge",
    "measure",
]
