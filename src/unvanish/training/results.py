"""What ``results.json`` says of a finished run on sentences."""

from dataclasses import asdict
from typing import Any

from ..data import Corpora, Corpus
from ..runs import Run
from .contract import contract, measured
from .preparation import Preparation
from .run_state import RunState
from .validation import TextValidation

__all__ = ["measure"]

_DECODED = 500
"""Sentences of the test split that are decoded from another z."""


def measure(
    prepared: Preparation, run: Run, state: RunState, validation: TextValidation
) -> dict[str, Any]:
    """Evaluate the last and the best parameters and put the contract of results.json together.

    Args:
        prepared: What was trained; its model has the last parameters.
        run: Where the best are, and where figures of sentences go.
        state: That of the run.
        validation: Evaluates.

    Raises:
        UsageError: If a figure is not a finite number.
    """
    corpora, splits, judged = prepared.corpora, {}, False
    for name, evaluation, figures in measured(
        state,
        prepared.model,
        lambda: run.model("best", device=state.place.device),
        {"valid": corpora.valid, "test": corpora.test},
        validation.evaluate,
    ):
        splits[name] = figures
        run.save_sentences(name, evaluation)
        judged = evaluation.information() is not None
    judged = judged and not prepared.config.model.is_language_model
    return contract(
        prepared.config,
        prepared.course,
        state.progress,
        corpus=_corpus(corpora),
        splits=splits,
        diagnosis=_diagnosis(run, state, corpora.test) if judged else None,
        **{"from": run.origin.get("from")},
    )


def _corpus(corpora: Corpora) -> dict[str, Any]:
    """Say what was read."""
    return {
        "name": corpora.name,
        "sha256": corpora.sha256,
        "vocabulary": len(corpora.vocabulary),
        "splits": {
            name: {
                "sentences": len(corpus),
                "tokens": corpus.n_tokens,
                "reading": asdict(corpus.report),
            }
            for name, corpus in corpora.splits.items()
        },
    }


def _diagnosis(run: Run, state: RunState, test: Corpus) -> dict[str, Any]:
    """Judge the last parameters."""
    opened = Run(run.path, device=state.place.device)
    found = opened.diagnose(test, sentences=_DECODED, progress=lambda done: state.stop_if_asked())
    return found.to_dict()
