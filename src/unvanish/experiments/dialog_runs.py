"""Dialog models under several settings and seeds: trained, generated with and scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import DialogConfig, override
from ..runs import DialogRun, read_json
from ..training import available_cores, resolve_device
from ..training.several_runs import require_all, share_out
from .dialog_worker import DialogGrid, DialogSetting, work
from .reproducing import SWDA, BySeed, Request, Watcher, require_files, require_settings

__all__ = ["DialogRuns", "train_dialog_cells"]


@dataclass(frozen=True)
class DialogRuns(BySeed):
    """Finished runs with their scores.

    Args:
        runs: ``results.json`` of each by setting and seed, with ``scores`` in it.
    """

    runs: Mapping[str, Mapping[int, Mapping[str, Any]]]

    def results(self) -> list[Mapping[str, Any]]:
        """Give the results of every run."""
        return [run for seeds in self.runs.values() for run in seeds.values()]

    def values(self, cell: str, figure: str) -> dict[int, float]:
        """Give a figure of the test split by seed, of the best parameters.

        Args:
            cell: The setting.
            figure: ``rec_ppl``, ``kl``, ... or a score; one that was not measured is absent.
        """
        found = {
            seed: {**run["splits"]["test"]["best"], **run["scores"]["true"]}.get(figure)
            for seed, run in self.runs[cell].items()
        }
        return {seed: float(value) for seed, value in found.items() if value is not None}


def train_dialog_cells(
    cells: Mapping[str, DialogConfig],
    seeds: Sequence[int],
    request: Request,
    watcher: Watcher,
) -> DialogRuns:
    """Train, generate with and score what has not been yet, several runs at once.

    What a run would have said to some contexts stands in ``samples.txt`` in its folder.

    Args:
        cells: The settings by name.
        seeds: The seeds; the first of every cell comes before the second of any.
        request: Where and how; if nothing is to be trained, finished runs are only opened.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If something given cannot be used, a run diverged, or one that is there was
            trained with other settings.
        UnfinishedError: If a process was killed; the states of the other runs are saved.
        KeyboardInterrupt: If SIGINT came; the states of all runs are saved.
    """
    settings = {
        (name, seed): DialogSetting(
            f"{name}-seed{seed}", override(config, {"seed": seed, "name": name})
        )
        for seed in seeds
        for name, config in cells.items()
    }
    folder = request.out / "runs"
    left = [each for each in settings.values() if not _is_over(folder / each.folder)]
    if left and request.train:
        _train(left, request, watcher, of=len(settings))
    found: dict[str, dict[int, Mapping[str, Any]]] = {name: {} for name in cells}
    for (name, seed), setting in settings.items():
        if _is_over(folder / setting.folder):
            found[name][seed] = _told(folder / setting.folder, setting.config)
    return DialogRuns(found)


def _is_over(folder: Path) -> bool:
    return (folder / "scores.json").is_file()


def _train(
    settings: Sequence[DialogSetting], request: Request, watcher: Watcher, *, of: int
) -> None:
    """Carry out what is left of so many runs, one a core, on a GPU one."""
    cores, on_processor = available_cores(), resolve_device(request.device).type == "cpu"
    at_once = min(of, request.workers or (cores if on_processor else 1))
    grid = DialogGrid(
        tuple(require_files(SWDA, request.data).values()),
        request.out / "runs",
        quick=request.quick,
        device=request.device,
        threads=max(1, cores // at_once),
    )
    with watcher.grid([each.folder for each in settings]) as listener:
        ended = share_out(settings, work, grid, at_once=at_once, listener=listener)
    require_all(ended)


def _told(folder: Path, config: DialogConfig) -> dict[str, Any]:
    """Read what a finished run tells, if it is what the setting says.

    Raises:
        UsageError: If it was trained with other settings.
    """
    run = DialogRun.open(folder)
    require_settings(folder, run.config, config)
    return {**run.results(), "scores": read_json(folder / "scores.json", "no scores")}
