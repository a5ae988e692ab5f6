"""Text VAEs under several settings and seeds, trained or opened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ...comparison import Entry, require_one_text, train_entries
from ...config import Config, override
from ...runs import Run, load
from ...runs.naming import tidy_name
from ...training import resolve_device
from ...training.identity import require_same_settings
from ...training.several_runs import require_all
from ..judging import BySeed
from .experiment import Request, Watcher
from .measurement import Measurement, Measuring, Value, is_measured

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

    def measured(self, measurement: Measurement[Run, Value]) -> dict[str, dict[int, Value]]:
        """Give what was measured of every run, by cell and seed; what was not is absent.

        Args:
            measurement: How.

        Raises:
            UsageError: If what is there was made otherwise.
        """
        found: dict[str, dict[int, Value]] = {cell: {} for cell in self.runs}
        for cell, runs in self.runs.items():
            for seed, run in runs.items():
                values = measurement.kept(run).taken()
                if values is not None:
                    found[cell][seed] = measurement.read(values)
        return found


def train_cells(
    cells: Sequence[Cell],
    seeds: Sequence[int],
    files: Mapping[str, str],
    request: Request,
    watcher: Watcher,
    measurements: Sequence[Measurement[Run, object]] = (),
) -> TextRuns:
    """Train every cell with every seed, and measure it, as far as that is not done yet.

    A run that has ended and was measured is told by its JSON files alone: it may have been trained
    elsewhere, and its parameters may be gone.

    Args:
        cells: The settings.
        seeds: The seeds; the first of every cell comes before the second of any.
        files: Paths of the corpus by split; none means the synthetic corpus.
        request: Where and how; if nothing is to be trained, finished runs are only opened.
        watcher: Who is shown how it gets on.
        measurements: What is measured of every run as soon as it has ended.

    Raises:
        UsageError: If a run could not be trained to its end or measured, or one that is there is
            of other settings or text.
        RuntimeError: If a run failed for a reason that nobody foresaw.
        UnfinishedError: If a process was killed; the states of the other runs are saved.
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
    if request.train:
        left = _left(entries.values(), measurements, request, watcher)
        if left:
            _train(left, files, request, watcher, measurements)
    found: dict[str, dict[int, Run]] = {cell.name: {} for cell in cells}
    for (name, seed), entry in entries.items():
        run = _opened(entry, request)
        if run is not None:
            found[name][seed] = run
    require_one_text(run for runs in found.values() for run in runs.values())
    return TextRuns(cells, found)


def _left(
    entries: Iterable[Entry],
    measurements: Sequence[Measurement[Run, object]],
    request: Request,
    watcher: Watcher,
) -> list[Entry]:
    """Give the runs that are to be trained or measured."""
    opened = [(entry, _opened(entry, request)) for entry in entries]
    return [
        entry for entry, run in opened if run is None or not is_measured(run, measurements, watcher)
    ]


def _opened(entry: Entry, request: Request) -> Run | None:
    """Open a run for use, if it has ended and is what the cell says.

    Raises:
        UsageError: If it was trained with other settings.
    """
    folder = request.out / "runs" / entry.folder
    if not (folder / "results.json").is_file():
        return None
    run = load(folder, device=resolve_device(request.device))
    # in one program with others a run is trained in 32 bits, which "auto" leaves open
    own = {"training.precision": "auto"}
    there, asked = override(run.config, own), override(entry.config, own)
    require_same_settings(folder, there, asked, OTHER_SETTINGS)
    return run


def _train(
    entries: Sequence[Entry],
    files: Mapping[str, str],
    request: Request,
    watcher: Watcher,
    measurements: Sequence[Measurement[Run, object]],
) -> None:
    with watcher.grid([entry.folder for entry in entries]) as listener:
        ended = train_entries(
            entries,
            files,
            request.out / "runs",
            workers=request.workers,
            device=request.device,
            listener=listener,
            afterwards=Measuring(tuple(measurements)) if measurements else None,
        )
    require_all(ended)
