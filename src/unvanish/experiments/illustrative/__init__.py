"""The illustrative problem of Fu et al. (2019), section 4: ten sequences, three schedules.

:func:`run` trains every schedule with every seed; :mod:`.folder` then leaves ``results.json``,
``report.html`` and the figures in a folder. The processes that train import what is named here and
nothing that draws.
"""

from .problem import Settings
from .results import Outcome
from .run import run

__all__ = ["Outcome", "Settings", "run"]
