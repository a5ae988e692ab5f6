"""What ``results.json`` says of a finished run on sentences."""

from dataclasses import asdict
from functools import partial
from typing import Any

from ..data import Corpora, Corpus
from ..runs import Run
from .contract import contract, last_and_best
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
    config, corpora, progress = prepared.config, prepared.corpora, state.progress
    last = prepared.model
    best = last if progress.last_is_best else run.model("best", device=state.device)
    measured, judged = {}, False
    for name, corpus in (("valid", corpora.valid), ("test", corpora.test)):
        between = state.stop_if_asked
        evaluation = validation.evaluate(last, corpus, between)
        of_best = partial(validation.evaluate, best, corpus, between)
        measured[name] = last_and_best(state, evaluation, of_best)
        run.save_sentences(name, evaluation)
        judged = evaluation.information() is not None and not config.model.is_language_model
    return contract(
        config,
        prepared.course,
        progress,
        corpus=_corpus(corpora),
        splits=measured,
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
    opened = Run(run.path, device=state.device)
    found = opened.diagnose(test, sentences=_DECODED, progress=lambda done: state.stop_if_asked())
    return found.to_dict()
