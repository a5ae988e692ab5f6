"""Everything that a page shows of a run, gathered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from ..config import UsageError, to_dict
from ..data import Corpora
from ..measures.diagnosis import Diagnosis
from ..runs import FORMAT, Run
from ..training.course import run_name
from .curves import Traced
from .history import History, Plan, plan_of, read_history
from .projection import Projection, read_projection
from .source import SourceText, find_text
from .writing import Written, write_sentences

__all__ = ["Material", "gather"]

_DECODED = 500
"""Sentences of the test split that are decoded from another z."""


@dataclass(frozen=True)
class Material:
    """A run, read.

    Args:
        run: Its folder.
        results: What was measured; ``None`` before it has finished.
        history: Its metrics.
        plan: Its schedule.
        source: Its text.
        projection: Where its sentences are; ``None`` before an epoch has ended.
        written: What it writes; ``None`` where it cannot.
        silence: Why it cannot.
        diagnosis: Whether its latent variable is alive; ``None`` where that cannot be measured.
        undiagnosed: Why not.
    """

    run: Run
    results: dict[str, Any] | None
    history: History
    plan: Plan
    source: SourceText
    projection: Projection | None
    written: Written | None
    silence: str = ""
    diagnosis: Diagnosis | None = None
    undiagnosed: str = ""

    @property
    def name(self) -> str:
        """What tables call the run."""
        return run_name(self.run.config)

    @property
    def seed(self) -> int:
        """Its seed."""
        return self.run.config.seed

    @cached_property
    def traced(self) -> Traced:
        """What curves need of it."""
        return Traced(self.history, self.plan, self.run.config.optimizer.gradient_clip)

    @property
    def setting(self) -> dict[str, Any]:
        """What it has in common with its repetitions: everything but the seed."""
        settings = {**to_dict(self.run.config), "seed": None, "name": None}
        corpus = self.run.origin.get("corpus", {})
        return {**settings, "corpus": {"sha256": corpus.get("sha256")}}


def gather(
    run: Run,
    known: dict[str, Corpora],
    *,
    device: torch.device | str = "cpu",
    seed: int = 1,
    progress: Callable[[str], None] = lambda message: None,
) -> Material:
    """Read a run, and let it write.

    Args:
        run: The run.
        known: Corpora read before, by their fingerprint; what is read is added.
        device: Where to compute.
        seed: Source of what is sampled.
        progress: Told what is being done.

    Raises:
        UsageError: If the run is damaged, has diverged, or has not begun.
    """
    progress(f"reading {run.path}")
    history = read_history(run)
    results = _results(run)
    source = find_text(run, known)
    written, silence = None, ""
    if not run.parameters_file("last").exists():
        silence = "No epoch has ended yet, so there are no parameters to write with."
    elif (silence := _speechless(run)) == "":
        progress(f"writing sentences with {run.path}")
        written = write_sentences(run, source.corpora, device=device, seed=seed)
    diagnosis, undiagnosed = _diagnose(run, source, progress)
    return Material(
        run=run,
        results=results,
        history=history,
        plan=plan_of(run.config, history),
        source=source,
        projection=read_projection(run),
        written=written,
        silence=silence,
        diagnosis=diagnosis,
        undiagnosed=undiagnosed,
    )


def _diagnose(
    run: Run, source: SourceText, progress: Callable[[str], None]
) -> tuple[Diagnosis | None, str]:
    """Judge the last parameters, or say why they cannot be judged."""
    if run.config.model.is_language_model:
        return None, "This is a language model: it has no latent variable."
    if not run.parameters_file("last").exists():
        return None, "No epoch has ended yet."
    if source.corpora is None:
        return None, f"It needs the test text. {source.problem}"
    progress(f"diagnosing {run.path}")
    try:
        return run.diagnose(source.corpora.test, sentences=_DECODED), ""
    except UsageError as error:
        return None, f"It cannot be told: {error}."


def _speechless(run: Run) -> str:
    """Say why words cannot be put together, if so."""
    try:
        _ = run.tokens
    except UsageError as error:
        return f"No sentences can be written: {error}."
    return ""


def _results(run: Run) -> dict[str, Any] | None:
    """Read what was measured, if the run has finished.

    Raises:
        UsageError: If it is damaged or of a later format.
    """
    if not (run.path / "results.json").exists():
        return None
    results = run.results()
    parts = ("splits", "training", "environment", "corpus")
    if results.get("format") != FORMAT or not all(part in results for part in parts):
        raise UsageError(
            f"{run.path / 'results.json'} is damaged or of another version: copy the run anew, or "
            "remove the file to report the run as far as its metrics go"
        )
    return results
