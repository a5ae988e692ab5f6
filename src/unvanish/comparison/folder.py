"""A comparison's folder: its plan, its runs, what it found.

::

    comparison.json   what is compared
    runs/             a run for every schedule and seed
    results.json      every run's results, and the summary
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..config import UsageError
from ..data import read_corpora
from ..locks import alone
from ..runs import FORMAT, Run, begin_folder, load, read_json, require_free, write_json
from ..training.several_runs import Listener
from ..training.worker import Defect
from .entries import train_entries
from .paths import summarize_paths
from .plan import ComparisonPlan
from .possible import require_possible_plan
from .summary import summarize_runs

__all__ = ["begin", "carry_out", "finished_runs", "reopen", "runs_in"]


def begin(
    plan: ComparisonPlan, folder: Path, progress: Callable[[float], None] | None = None
) -> None:
    """Begin a comparison, after checking the settings of all of its runs.

    Whether they are possible where they will be computed, as in a precision, each tells once it
    trains.

    Args:
        plan: What is compared.
        folder: Where; nothing may be there yet.
        progress: Told how far storing large text is, which the runs then share.

    Raises:
        UsageError: If the folder is in use or cannot be written, the text cannot be read, a
            setting is not possible, or two schedules are the same, however they are written.
    """
    require_free(folder)
    corpora = read_corpora(plan.base.data, plan.files, progress=progress)
    require_possible_plan(plan, corpora)
    begin_folder(folder, "runs", "comparison.json", plan.to_dict())


def reopen(folder: Path) -> ComparisonPlan:
    """Read what a folder compares.

    Raises:
        UsageError: If it holds no comparison, or a damaged one.
    """
    plain = read_json(folder / "comparison.json", "no comparison: give the --out of one")
    return ComparisonPlan.from_dict(plain)


def carry_out(
    plan: ComparisonPlan,
    folder: Path,
    *,
    workers: int | None = None,
    device: str = "auto",
    listener: Listener | None = None,
    side_by_side: bool = True,
) -> dict[str, Any]:
    """Train what is not trained yet, summarize, and write ``results.json``.

    Args:
        plan: What is compared.
        folder: Where :func:`begin` began it.
        workers: Runs at once; one a core on the processor, one on a GPU when absent.
        device: Where to compute.
        listener: Who is told.
        side_by_side: Train small models that differ in beta alone as one program, on a processor;
            they are not trained in bf16 then, unless they were begun so or it was asked for.

    Returns:
        What ``results.json`` holds.

    Raises:
        UsageError: If no run could be trained to its end, the folder compares something else by
            now, or another process is at it.
        RuntimeError: If none could for a reason that nobody foresaw.
    """
    with alone(folder):
        if reopen(folder).to_dict() != plan.to_dict():
            raise UsageError(
                f"{folder} compares something else by now: give the command again, or carry out "
                "the plan that reopen gives"
            )
        ended = train_entries(
            plan.entries(),
            plan.files,
            folder / "runs",
            workers=workers,
            device=device,
            listener=listener,
            side_by_side=side_by_side,
        )
        failed = {end.folder: end.problem for end in ended if end.problem is not None}
        runs = finished_runs(plan, folder)
        if not any(runs.values()):
            first = next(iter(failed.values()))
            error = RuntimeError if isinstance(first, Defect) else UsageError
            raise error(f"no run could be trained to its end: {first}")
        results = _results(plan, runs, failed)
        write_json(folder / "results.json", results)
    return read_json(folder / "results.json", "no results")


def finished_runs(plan: ComparisonPlan, folder: Path) -> dict[str, dict[int, Run]]:
    """Open the runs that have ended, by schedule or baseline and seed."""
    found: dict[str, dict[int, Run]] = {name: {} for name in plan.names}
    for entry in plan.entries():
        path = folder / "runs" / entry.folder
        if (path / "results.json").is_file():
            found[entry.schedule][entry.seed] = load(path)
    return found


def runs_in(folder: Path) -> list[Path]:
    """Give the folders of the runs of a comparison or a search; of a run, the folder itself.

    Args:
        folder: Any of the three.
    """
    found = [path.parent for path in folder.glob("*/*/config.json")]
    grown = [path for path in found if path.parent.name in ("runs", "trials")]
    is_run = (folder / "config.json").is_file()
    return [folder] if is_run or not grown else sorted(grown)


def _results(
    plan: ComparisonPlan, runs: Mapping[str, Mapping[int, Run]], failed: Mapping[str, Any]
) -> dict[str, Any]:
    summary = summarize_runs(runs).to_dict()
    paths = [asdict(over_training) for over_training in summarize_paths(runs)]
    every: Sequence[Run] = [run for seeds in runs.values() for run in seeds.values()]
    return {
        "format": FORMAT,
        "kind": "unvanish compare",
        "runs": [run.results() for run in every],
        "summary": {
            **summary,
            "seeds": list(plan.seeds),
            "left_out_seeds": list(plan.left_out),
            "seen_seeds": list(plan.seen),
            "failed": dict(failed),
        }
        | ({"paths": paths} if paths else {}),
    }
