"""A process that trains dialog models one after the other, and lets each answer test contexts."""

from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path

from ....config import DialogConfig, UsageError
from ....runs import DialogRun
from ....training import Reporter
from ....training.dialog import train_dialogs
from ....training.worker import Message, PipeReporter, attempt, serve
from ...reproducing import OTHER_SETTINGS, Measuring
from .material import DialogMaterial
from .responses import ResponseScores
from .scoring import Scoring

__all__ = ["DialogGrid", "DialogSetting", "work"]


@dataclass(frozen=True)
class DialogSetting:
    """A run that is to be carried out.

    Args:
        folder: The name of its folder.
        config: Every setting.
    """

    folder: str
    config: DialogConfig

    @property
    def folders(self) -> tuple[str]:
        """Its folder, as the only one that a process is given at a time."""
        return (self.folder,)


@dataclass(frozen=True)
class DialogGrid:
    """Where and how runs are carried out.

    Args:
        files: Those of the three splits.
        folder: The folder that holds the folders of all runs.
        scoring: What responses are scored with.
        quick: Whether some of the text will do.
        device: Where to compute.
        threads: Of each process.
    """

    files: tuple[Path, ...]
    folder: Path
    scoring: Scoring
    quick: bool
    device: str
    threads: int = 1


def work(parent: "Connection[Message, DialogSetting]", grid: DialogGrid) -> None:
    """Carry out what the parent sends until its end of the pipe is closed.

    Args:
        parent: The pipe to it.
        grid: Where and how.
    """
    read = cache(partial(DialogMaterial.read, grid.files, grid.scoring, quick=grid.quick))

    def carry_out(setting: DialogSetting) -> None:
        def train_and_score() -> None:
            _carry_out(setting, read(setting.config.data), grid, parent)

        parent.send((0, "ended", attempt(train_and_score)))

    serve(parent, carry_out, threads=grid.threads)


def _carry_out(
    setting: DialogSetting,
    material: DialogMaterial,
    grid: DialogGrid,
    parent: "Connection[Message, DialogSetting]",
) -> None:
    """Train a run to its end, if it is not there yet, and score what it says."""
    measuring = Measuring([ResponseScores(grid.scoring, lambda: material, grid.device)])
    reporter = PipeReporter(parent, 0, afterwards=measuring.steps)
    folder = grid.folder / setting.folder
    if (folder / "results.json").is_file():  # it may have begun with other word vectors
        run = _with_same_text(DialogRun.open(folder), material)
    else:
        run = _trained(setting, material, grid, reporter)
    reporter.trained(run.results()["training"]["steps"])
    measuring(run, reporter.moved_afterwards)


def _with_same_text(run: DialogRun, material: DialogMaterial) -> DialogRun:
    """Give a finished run back if it was trained on these dialogs.

    Raises:
        UsageError: If it was not.
    """
    if run.results()["corpus"]["sha256"] != material.corpora.sha256:
        raise UsageError(
            f"the dialogs are not those that {run.path} was trained on: give the same, or "
            f"{OTHER_SETTINGS}"
        )
    return run


def _trained(
    setting: DialogSetting, material: DialogMaterial, grid: DialogGrid, reporter: Reporter
) -> DialogRun:
    """Train a run to its end, if it is not there yet, from word vectors where these fit."""
    vectors, size = material.vectors, setting.config.model.decoder.embedding_size
    return train_dialogs(
        setting.config,
        material.corpora,
        grid.folder / setting.folder,
        vectors=vectors if vectors is not None and vectors.size == size else None,
        device=grid.device,
        reporter=reporter,
        resume=True,
    )
