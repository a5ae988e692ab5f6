"""Text VAEs under several settings and seeds, trained or opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ...comparison import Entry, require_one_text, train_entries
from ...config import Config, override
from ...runs import Run, load
from ...runs.naming import tidy_name
from ...training import resolve_device
from ...training.identity import require_same_settings
from ...training.several_runs import require_all
from .by_seed import BySeed
from .experiment import Request, Watcher

__all__ = ["OTHER_SETTINGS", "Cell", "TextRuns", "train_cells"]

OTHER_SETTINGS = "another --out, or remove it"
"""What to do about a run of other settings than those that are asked for."""


@dataclass(frozen=True)
class Cell:
    """One setting of a grid.

    Args:
        name: What it is called; its runs' folders are called after it.
        config: Every setting but name and seed.
    """

    name: str
    config: Config


@dataclass(frozen=True)
class TextRuns(BySeed):
    """The finished runs of a grid.

    Args:
        cells: The settings.
        runs: By cell and seed; what has not ended is absent.
        which: Whose figures they give, of the last parameters or of the best.
    """

    cells: Sequence[Cell]
    runs: Mapping[str, Mapping[int, Run]]
    which: Literal["last", "best"] = "last"

    def results(self) -> list[dict[str, Any]]:
        """Give every run's ``results.json``."""
        return [run.results() for seeds in self.runs.values() for run in seeds.values()]

    def values(self, cell: str, figure: str) -> dict[int, float]:
        """Give a figure of the test split by seed.

        Args:
            cell: The setting.
            figure: Its name in ``results.json``.
        """
        return {
            seed: float(run.results()["splits"]["test"][self.which][figure])
            for seed, run in self.runs[cell].items()
        }


def train_cells(
    cells: Sequence[Cell],
    seeds: Sequence[int],
    files: Mapping[str, str],
    request: Request,
    watcher: Watcher,
) -> TextRuns:
    """Train every cell with every seed as far as they are not trained yet.

    Args:
        cells: The settings.
        seeds: The seeds; the first of every cell comes before the second of any.
        files: Paths of the corpus by split; none means the synthetic corpus.
        request: Where and how; if nothing is to be trained, finished runs are only opened.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If a run could not be trained to its end, or one that is there is of other
            settings or text.
    """
    entries = {
        (cell.name, seed): Entry(
            cell.name,
            seed,
            override(cell.config, {"seed": seed, "name": cell.name}),
            f"{tidy_name(cell.name, keep='-.=,')}-seed{seed}",
        )
        for seed in seeds
        for cell in cells
    }
    folder = request.out / "runs"
    left = [entry for entry in entries.values() if not _is_over(folder / entry.folder)]
    if left and request.train:
        _train(left, files, request, watcher)
    found: dict[str, dict[int, Run]] = {cell.name: {} for cell in cells}
    for (name, seed), entry in entries.items():
        if _is_over(folder / entry.folder):
            found[name][seed] = _opened(folder / entry.folder, entry, request.device)
    require_one_text(run for runs in found.values() for run in runs.values())
    return TextRuns(cells, found)


def _opened(folder: Path, entry: Entry, device: str) -> Run:
    """Open a finished run, if it is what the cell says, for use on a device.

    Raises:
        UsageError: If it was trained with other settings.
    """
    run = load(folder, device=resolve_device(device))
    # in one program with others a run is trained in 32 bits, which "auto" leaves open
    own = {"training.precision": "auto"}
    there, asked = override(run.config, own), override(entry.config, own)
    require_same_settings(folder, there, asked, OTHER_SETTINGS)
    return run


def _is_over(folder: Path) -> bool:
    return (folder / "results.json").is_file()


def _train(
    entries: Sequence[Entry], files: Mapping[str, str], request: Request, watcher: Watcher
) -> None:
    with watcher.grid([entry.folder for entry in entries]) as listener:
        ended = train_entries(
            entries,
            files,
            request.out / "runs",
            workers=request.workers,
            device=request.device,
            listener=listener,
        )
    require_all(ended)
