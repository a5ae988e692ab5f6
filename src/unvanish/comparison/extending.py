"""More seeds, schedules and baselines for a comparison that has begun."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ..config import UsageError
from ..data import Corpora, read_corpora
from ..locks import alone
from ..runs import load, write_json
from ..training.preparation import require_possible
from .folder import reopen
from .plan import ComparisonPlan

__all__ = ["extend"]


def extend(
    folder: Path,
    *,
    schedules: Sequence[str] = (),
    seeds: int | None = None,
    baselines: Sequence[str] = (),
    progress: Callable[[float], None] | None = None,
) -> ComparisonPlan:
    """Add to what a folder compares; the runs are trained by :func:`carry_out`.

    Args:
        folder: Where a comparison was begun, finished or not.
        schedules: Further ones; those that are there already stay.
        seeds: How many there are to be in all; as many as there are when absent.
        baselines: Further ones.
        progress: Told how far storing large text is.

    Returns:
        What the folder compares from now on.

    Raises:
        UsageError: If it holds no comparison, there are more seeds already, the text is not what
            it was, a setting is not possible, or another process is at it. Nothing has changed
            then.
    """
    plan = reopen(folder)
    with alone(folder):
        seen = (folder / "results.json").is_file()
        extended = plan.extended(schedules, seeds, baselines, seen=seen)
        if extended == plan:
            return plan
        corpora = read_corpora(plan.base.data, plan.files, progress=progress)
        _require_text_of(plan, folder, corpora)
        for config in {entry.schedule: entry.config for entry in extended.entries()}.values():
            require_possible(config, corpora)
        write_json(folder / "comparison.json", extended.to_dict())
    return extended


def _require_text_of(plan: ComparisonPlan, folder: Path, corpora: Corpora) -> None:
    """Require that the text is what the runs that are there were begun with.

    Raises:
        UsageError: If it is other text.
    """
    paths = (folder / "runs" / entry.folder for entry in plan.entries())
    for path in (path for path in paths if (path / "config.json").is_file()):
        if load(path).origin["corpus"]["sha256"] != corpora.sha256:
            text = plan.files.get("train", "the synthetic corpus")
            raise UsageError(
                f"{text} is not the text any more that {path} was trained on: bring the old one "
                "back, or compare in another --out"
            )
