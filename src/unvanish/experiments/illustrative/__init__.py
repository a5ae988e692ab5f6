"""The illustrative problem of Fu et al. (2019), section 4: ten sequences, three schedules.

:func:`run` trains every schedule with every seed, :func:`write` leaves ``results.json``,
``report.html`` and the figures in a folder.
"""

from .folder import require_own, write
from .problem import Settings
from .report import TABLE_HEADINGS, table_rows
from .results import Outcome
from .run import run

__all__ = ["TABLE_HEADINGS", "Outcome", "Settings", "require_own", "run", "table_rows", "write"]
