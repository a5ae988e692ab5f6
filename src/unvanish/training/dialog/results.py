"""What ``results.json`` says of a finished run on dialogs."""

from functools import partial
from typing import Any

from ...runs import DialogRun
from ..contract import contract, last_and_best
from ..run_state import RunState
from .preparation import DialogPreparation, evaluation_batches
from .validation import DialogValidation

__all__ = ["measure"]


def measure(
    prepared: DialogPreparation, run: DialogRun, state: RunState, validation: DialogValidation
) -> dict[str, Any]:
    """Evaluate the last and the best parameters and put the contract of results.json together.

    Args:
        prepared: What was trained; its model has the last parameters.
        run: Where the best are.
        state: That of the run.
        validation: Evaluates.

    Raises:
        UsageError: If a figure is not a finite number.
    """
    config, corpora, progress = prepared.config, prepared.corpora, state.progress
    last = prepared.model
    best = last if progress.last_is_best else run.model("best", device=state.device)
    measured = {}
    for name, split in (("valid", corpora.valid), ("test", corpora.test)):
        batches, between = evaluation_batches(config, split), state.stop_if_asked
        evaluation = validation.evaluate(last, batches, between)
        of_best = partial(validation.evaluate, best, batches, between)
        measured[name] = {
            **last_and_best(state, evaluation, of_best),
            "dialogs_left_out": batches.dropped,
        }
    return contract(config, prepared.course, progress, corpus=_corpus(prepared), splits=measured)


def _corpus(prepared: DialogPreparation) -> dict[str, Any]:
    """Say what was read."""
    corpora, batches = prepared.corpora, prepared.batches
    return {
        "sha256": corpora.sha256,
        "vocabulary": len(corpora.vocabulary),
        "topics": len(corpora.train.topics),
        "word_vectors": prepared.vectors,
        "splits": {
            name: {"dialogs": len(each), "utterances": each.n_utterances}
            for name, each in corpora.splits.items()
        },
        "steps_per_epoch": len(batches),
        "dialogs_left_out": batches.dropped,
    }
