"""A process that trains dialog models one after the other, and lets each answer test contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path

from ....config import DialogConfig
from ....data.dialogs import true_responses
from ....evaluation.dialog import score_responses
from ....generation import respond
from ....runs import DialogRun
from ....training import Reporter, resolve_device
from ....training.dialog import train_dialogs
from ....training.worker import Message, PipeReporter, attempt, serve
from ...reproducing import Kept
from .material import DialogMaterial
from .scoring import Scoring

__all__ = ["DialogGrid", "DialogSetting", "work"]

_SHOWN = 10
"""Contexts whose responses are written down to be read."""

_ANSWERED_A_STEP = 50
"""Contexts that are answered in about the time of a training step: what is left is told so."""


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
    contexts = len(material.windows)
    reporter = PipeReporter(parent, 0, afterwards=-(-contexts // _ANSWERED_A_STEP))
    run = _trained(setting, material, grid, reporter)
    reporter.trained(run.results()["training"]["steps"])
    said = respond(
        run.model("best", device=resolve_device(grid.device)),
        material.corpora.test,
        material.windows,
        samples=grid.scoring.samples,
        seed=setting.config.seed,
        progress=lambda done: reporter.moved_afterwards(-(-done // _ANSWERED_A_STEP)),
    )
    every = max(1, len(said) // _SHOWN)
    shown = "\n\n".join(each.as_text() for each in said[::every][:_SHOWN])
    (run.path / "samples.txt").write_text(f"{shown}\n", encoding="utf-8")
    scores = Kept(run.path / "scores.json", grid.scoring.settings)
    scores.write(_scores([each.samples for each in said], material))


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


def _scores(
    samples: Sequence[Sequence[Sequence[str]]], material: DialogMaterial
) -> dict[str, dict[str, float]]:
    """Score responses against what was said, and against several that fit where there are any."""
    true = true_responses(material.corpora.test, material.windows)
    scores = {"true": score_responses(samples, true, vectors=material.vectors)}
    if material.references:
        chosen = [samples[place] for place in material.references]
        fitting = list(material.references.values())
        scores["several"] = score_responses(chosen, fitting, vectors=material.vectors)
    return scores
