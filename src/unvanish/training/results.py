"""What ``results.json`` says of a finished run."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..config import Config, to_dict
from ..data import Corpora, Corpus
from ..runs import FORMAT, Run
from .environment import peak_memory
from .loop import Trainer

__all__ = ["measure", "run_name", "splits"]

_DECODED = 500
"""Sentences of the test split that are decoded from another z."""


def splits(corpora: Corpora) -> dict[str, Corpus]:
    """Give the splits by name."""
    return {"train": corpora.train, "valid": corpora.valid, "test": corpora.test}


def run_name(config: Config) -> str:
    """Give the name tables call a run: the configured one, or its schedule's."""
    return config.name or config.objective.beta


def measure(
    config: Config, corpora: Corpora, trainer: Trainer, environment: Mapping[str, Any]
) -> dict[str, Any]:
    """Evaluate the last and the best parameters and put the contract of results.json together."""
    measured: dict[str, dict[str, Any]] = {}
    run, last = trainer.run, trainer.model
    same = trainer.best["epoch"] == trainer.epoch
    best = last if same else run.model("best", device=trainer.device)
    for split in ("valid", "test"):
        corpus = splits(corpora)[split]
        evaluation = trainer.evaluate(last, corpus)
        judged = evaluation.information() is not None
        trainer.require_finite(evaluation.summary())
        run.save_sentences(split, evaluation)
        best_evaluation = evaluation if same else trainer.evaluate(best, corpus)
        measured[split] = {
            "last": evaluation.summary(),
            "best": {**best_evaluation.summary(), "epoch": trainer.best["epoch"]},
        }
    return {
        "format": FORMAT,
        "name": run_name(config),
        "config": to_dict(config),
        "seed": config.seed,
        "from": trainer.run.origin.get("from"),
        "corpus": {
            "name": corpora.name,
            "sha256": corpora.sha256,
            "vocabulary": len(corpora.vocabulary),
            "splits": {
                name: {
                    "sentences": len(corpus),
                    "tokens": corpus.n_tokens,
                    "reading": asdict(corpus.report),
                }
                for name, corpus in splits(corpora).items()
            },
        },
        "splits": measured,
        "diagnosis": _diagnosis(trainer, corpora.test, judged=judged),
        "training": {
            "epochs": trainer.epoch,
            "steps": trainer.step,
            "seconds": round(trainer.seconds, 3),
            "stopped_early": trainer.stopped_early,
            "tokens_per_second": round(trainer.tokens / max(trainer.seconds, 1e-9), 1),
            "peak_memory_mb": peak_memory(trainer.device),
        },
        "environment": dict(environment),
    }


def _diagnosis(trainer: Trainer, test: Corpus, *, judged: bool) -> dict[str, Any] | None:
    """Judge the last parameters, where there is a latent variable that can be judged."""
    if trainer.config.model.is_language_model or not judged:
        return None
    run = Run(trainer.run.path, device=trainer.device)
    found = run.diagnose(test, sentences=_DECODED, progress=lambda done: trainer.stop_if_asked())
    return found.to_dict()
