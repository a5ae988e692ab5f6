"""More seeds, schedules and baselines for a comparison that has begun."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ..config import UsageError
from ..data import Corpora, read_corpora
from ..locks import alone
from ..runs import load, write_json
from .folder import reopen
from .plan import ComparisonPlan
from .possible import require_possible_plan

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
        seeds: How many there are to be in all; as many as there are when absent. Fewer leave out
            the last ones, if no run of theirs has begun.
        baselines: Further ones.
        progress: Told how far storing large text is.

    Returns:
        What the folder compares from now on: the plan that :func:`carry_out` is given.

    Raises:
        UsageError: If it holds no comparison, runs of more seeds have begun, the text is not what
            it was, a setting is not possible, a schedule is one that is there in other words, or
            another process is at it. Nothing has changed then.
    """
    reopen(folder)
    with alone(folder):
        plan = reopen(folder)  # another process may have added to it until now
        seen = any(path.is_file() for path in (folder / "runs").glob("*/results.json"))
        begun = _seeds_begun(plan, folder)
        extended = plan.extended(schedules, seeds, baselines, seen=seen, begun=begun)
        if extended == plan:
            return plan
        corpora = read_corpora(plan.base.data, plan.files, progress=progress)
        _require_text_of(plan, folder, corpora)
        require_possible_plan(extended, corpora, there=plan.schedules)
        write_json(folder / "comparison.json", extended.to_dict())
    return extended


def _seeds_begun(plan: ComparisonPlan, folder: Path) -> int:
    """Count the seeds up to the last of which a run has begun."""
    begun = {entry.seed for entry in plan.entries() if (folder / "runs" / entry.folder).exists()}
    return max((place for place, seed in enumerate(plan.seeds, 1) if seed in begun), default=0)


def _require_text_of(plan: ComparisonPlan, folder: Path, corpora: Corpora) -> None:
    """Require that the text is what the runs that are there were begun with.

    Raises:
        UsageError: If it is other text.
    """
    paths = (folder / "runs" / entry.folder for entry in plan.entries())
    for path in (path for path in paths if (path / "config.json").is_file()):
        if load(path).origin.get("corpus", {}).get("sha256") != corpora.sha256:
            text = plan.files.get("train", "the synthetic corpus")
            raise UsageError(
                f"{text} is not the text any more that {path} was trained on: bring the old one "
                "back, or compare in another --out"
            )
