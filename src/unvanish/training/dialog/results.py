"""What ``results.json`` says of a finished run on dialogs."""

from typing import Any

from ...runs import DialogRun
from ..contract import contract, measured
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
    config, corpora = prepared.config, prepared.corpora
    batches = {
        name: evaluation_batches(config, split)
        for name, split in (("valid", corpora.valid), ("test", corpora.test))
    }
    found = measured(
        state,
        prepared.model,
        lambda: run.model("best", device=state.place.device),
        batches,
        validation.evaluate,
    )
    splits = {
        name: {**figures, "dialogs_left_out": batches[name].dropped} for name, _, figures in found
    }
    return contract(
        config, prepared.course, state.progress, corpus=_corpus(prepared), splits=splits
    )


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
