"""Runs are compared only if they were trained on the same text."""

from collections.abc import Iterable

from ..config import UsageError
from ..runs import Run

__all__ = ["require_one_text"]


def require_one_text(runs: Iterable[Run]) -> None:
    """Require that all runs were trained on the text of the first.

    Args:
        runs: Finished runs.

    Raises:
        UsageError: If two were not.
    """
    prints = {run.results()["corpus"]["sha256"]: run.path for run in runs}
    if len(prints) > 1:
        one, other, *_ = prints.values()
        raise UsageError(f"{one} and {other} were trained on different text: remove one of them")
