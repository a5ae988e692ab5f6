"""What is settled before any run of a comparison begins."""

from collections.abc import Collection

from ..config import UsageError
from ..data import Corpora
from ..schedules import Schedule
from ..training.preparation import require_possible
from .plan import ComparisonPlan

__all__ = ["require_possible_plan"]


def require_possible_plan(
    plan: ComparisonPlan, corpora: Corpora, *, there: Collection[str] = ()
) -> None:
    """Check the settings of all runs, and that no schedule is there in two spellings.

    Args:
        plan: What is compared.
        corpora: The splits.
        there: Schedules that were compared before; what they have in common is no longer asked.

    Raises:
        UsageError: If a setting is not possible, or two schedules are the same in these runs.
    """
    first: dict[Schedule, str] = {}
    for name, config in {entry.schedule: entry.config for entry in plan.entries()}.items():
        beta = require_possible(config, corpora)
        if name in plan.baselines:
            continue
        same = first.setdefault(beta, name)
        if same != name and name not in there:
            raise UsageError(f"{name} and {same} are the same schedule: give one of them")
