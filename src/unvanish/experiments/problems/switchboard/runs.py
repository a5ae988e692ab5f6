"""Dialog models under several settings and seeds: trained, generated with and scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from ....config import DialogConfig, UsageError, override
from ....processes import available_cores, threads_each
from ....runs import DialogRun
from ....training import resolve_device
from ....training.identity import differences, require_same_settings
from ....training.several_runs import require_all, share_out
from ...corpora import SWDA, require_files
from ...judging import BySeed
from ...reproducing import OTHER_SETTINGS, Kept, Request, Watcher, is_measured
from .material import DialogMaterial
from .responses import ResponseScores
from .scoring import VERSION, Scoring
from .worker import DialogGrid, DialogSetting, work

__all__ = ["DialogRuns", "train_dialog_cells"]


@dataclass(frozen=True)
class DialogRuns(BySeed):
    """Finished runs with their scores.

    Args:
        runs: ``results.json`` of each by setting and seed, with ``scores`` in it, and under
            ``scored_with`` how they were made: the same for all.
        against: Whose scores they give: against the response that followed (``"followed"``), or
            against several that fit (``"several"``), as far as these are at hand.
    """

    runs: Mapping[str, Mapping[int, Mapping[str, Any]]]
    against: Literal["followed", "several"] = "followed"

    @property
    def scored_with(self) -> Mapping[str, Any] | None:
        """How all were scored, as :attr:`Scoring.settings` has it; ``None`` if there are none."""
        return next((run["scored_with"] for run in self.results()), None)

    def results(self) -> list[Mapping[str, Any]]:
        """Give the results of every run."""
        return _every(self.runs)

    def values(self, cell: str, figure: str) -> dict[int, float]:
        """Give a figure of the test split by seed, of the best parameters.

        Args:
            cell: The setting.
            figure: ``rec_ppl``, ``kl``, ... or a score; one that was not measured is absent.
        """
        found = {}
        for seed, run in self.runs[cell].items():
            figures = {**run["splits"]["test"]["best"], **run["scores"].get(self.against, {})}
            if figures.get(figure) is not None:
                found[seed] = float(figures[figure])
        return found


def train_dialog_cells(
    cells: Mapping[str, DialogConfig],
    seeds: Sequence[int],
    request: Request,
    watcher: Watcher,
) -> DialogRuns:
    """Train, generate with and score what has not been yet, several runs at once.

    What a run says to the contexts of the test split stands in its folder in ``responses.json``,
    and some of it beside the contexts in ``samples.txt``.

    Args:
        cells: The settings by name.
        seeds: The seeds; the first of every cell comes before the second of any.
        request: Where and how; if nothing is to be trained, finished runs are only opened.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If something given cannot be used, a run diverged, one that is there was
            trained with other settings, or nothing is to be trained and runs were not all scored
            alike.
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
    if request.train:
        _carry_out(list(settings.values()), request, watcher)
    found: dict[str, dict[int, Mapping[str, Any]]] = {name: {} for name in cells}
    for (name, seed), setting in settings.items():
        run = _ended(folder / setting.folder, setting.config)
        told = None if run is None else _told(run)
        if told is not None:
            found[name][seed] = told
    _require_scored_alike(_every(found))
    return DialogRuns(found)


def _every(runs: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    return [run for seeds in runs.values() for run in seeds.values()]


def _carry_out(settings: Sequence[DialogSetting], request: Request, watcher: Watcher) -> None:
    """Train and score what has not been, or not as it would be now."""
    files = tuple(require_files(SWDA, request.data).values())
    scoring = Scoring.of(files, quick=request.quick)
    left = []
    for setting in settings:
        read = partial(
            DialogMaterial.read, files, scoring, setting.config.data, quick=request.quick
        )
        run = _ended(request.out / "runs" / setting.folder, setting.config)
        scores = ResponseScores(scoring, read, request.device)
        if run is None or not is_measured(run, [scores], watcher):
            left.append(setting)
    if left:
        _train(left, files, scoring, request, watcher, of=len(settings))


def _ended(folder: Path, config: DialogConfig) -> DialogRun | None:
    """Open a run that was trained to its end, if it is what the setting says.

    Raises:
        UsageError: If it was trained with other settings.
    """
    if not (folder / "results.json").is_file():
        return None
    run = DialogRun.open(folder)
    require_same_settings(folder, run.config, config, OTHER_SETTINGS)
    return run


def _require_scored_alike(runs: Sequence[Mapping[str, Any]]) -> None:
    """Refuse to put scores of several kinds side by side.

    Raises:
        UsageError: If a run was scored otherwise than the first.
    """
    for run in runs[1:]:
        different = differences(runs[0]["scored_with"], run["scored_with"])
        if different:
            one, other = (f"{each['name']} (seed {each['seed']})" for each in (runs[0], run))
            raise UsageError(
                f"{one} and {other} were scored differently ({'; '.join(different)}): leave out "
                "--no-train, and they are scored again"
            )


def _train(
    settings: Sequence[DialogSetting],
    files: tuple[Path, ...],
    scoring: Scoring,
    request: Request,
    watcher: Watcher,
    *,
    of: int,
) -> None:
    """Carry out what is left of so many runs, one a core, on a GPU one."""
    on_processor = resolve_device(request.device).type == "cpu"
    at_once = min(of, request.workers or (available_cores() if on_processor else 1))
    grid = DialogGrid(
        files,
        request.out / "runs",
        scoring,
        quick=request.quick,
        device=request.device,
        threads=threads_each(at_once),
    )
    with watcher.grid([each.folder for each in settings]) as listener:
        ended = share_out(settings, work, grid, at_once=at_once, listener=listener)
    require_all(ended)


def _told(run: DialogRun) -> dict[str, Any] | None:
    """Read what a finished run tells, whatever it was scored with; ``None`` if it was not.

    Raises:
        UsageError: If an earlier version scored it, by another rule.
    """
    file = run.path / ResponseScores.file
    if not file.is_file():
        return None
    scores = Kept.found(file)
    if scores.settings.get("version") != VERSION:
        raise UsageError(
            f"{file} was made by an earlier version, which scored otherwise: leave out --no-train, "
            "and it is measured again"
        )
    return {**run.results(), "scores": scores.values(), "scored_with": scores.settings}
