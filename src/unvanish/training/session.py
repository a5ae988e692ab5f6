"""From settings and a corpus to a finished run."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from ..config import Config, UsageError, bound_schedule, override, to_dict
from ..data import Corpora, Corpus, LengthBucketedBatches
from ..evaluation import evaluate
from ..models import TextVAE
from ..runs import FORMAT, Run, require_free
from ..schedules import Schedule
from .environment import environment, peak_memory
from .loop import Trainer, require_finite
from .precision import Precision, resolve_device, resolve_precision
from .reporter import LogReporter, Plan, Reporter

__all__ = ["train"]


def train(
    config: Config,
    corpora: Corpora,
    out: str | Path,
    *,
    device: str = "auto",
    reporter: Reporter | None = None,
) -> Run:
    """Train a text VAE and write everything about it to a folder.

    Torch's global generator is seeded with the configuration's seed.

    Args:
        config: Every setting; ``data.tokens`` is recorded as that of the corpora.
        corpora: The splits, as :func:`unvanish.data.load_corpora` reads them.
        out: The folder of the run; nothing may be there yet.
        device: ``"auto"``, ``"cpu"``, ``"cuda"``, ...
        reporter: Who is told of the progress; the ``unvanish`` logger when absent.

    Returns:
        The run, with ``results.json`` and ``model.safetensors`` in it.

    Raises:
        UsageError: If a setting is not possible, or the folder is in use.
    """
    reporter = reporter or LogReporter()
    require_free(out)
    config = override(config, {"data.tokens": corpora.tokens.spec})
    place = resolve_device(device)
    precision = resolve_precision(config.training.precision, place)
    batches = LengthBucketedBatches(
        corpora.train, batch_size=config.training.batch_size, seed=config.seed
    )
    beta, problems = bound_schedule(
        config.objective.beta,
        total_steps=len(batches) * config.training.epochs,
        steps_per_epoch=len(batches),
    )
    for problem in problems:
        reporter.warned(f"{problem} (an epoch has {len(batches):,} steps)")
    model = build_model(config, len(corpora.vocabulary), place)
    run = Run.create(out, config, corpora.vocabulary, corpora.tokens)
    trainer = Trainer(
        config,
        model,
        batches,
        corpora.valid,
        beta=beta,
        run=run,
        precision=precision,
        reporter=reporter,
    )
    reporter.started(_plan(config, corpora, model, beta, trainer, place, precision))
    try:
        trainer.train()
        results = _results(config, corpora, trainer, environment(place, precision))
    finally:
        reporter.finished()
    run.write_json("results.json", results)
    return run


def build_model(config: Config, vocabulary_size: int, device: torch.device) -> TextVAE:
    """Make the model as the seed says; dropout later draws from the same global generator.

    Raises:
        UsageError: If it does not fit into memory.
    """
    torch.manual_seed(config.seed)
    try:
        return TextVAE(config.model, vocabulary_size=vocabulary_size).to(device)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise UsageError(
            "a model of this size does not fit into memory: give a smaller --hidden-size, "
            "--embedding-size or --max-vocabulary"
        ) from error


def _plan(
    config: Config,
    corpora: Corpora,
    model: TextVAE,
    beta: Schedule,
    trainer: Trainer,
    device: torch.device,
    precision: Precision,
) -> Plan:
    return Plan(
        name=run_name(config),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        sentences=len(corpora.train),
        total_steps=trainer.total_steps,
        steps_per_epoch=len(trainer.batches),
        epochs=config.training.epochs,
        beta=beta.describe(),
        sparkline=beta.sparkline(steps=trainer.total_steps),
        device=str(device),
        precision=precision,
        reading=tuple(f"{name}: {split.report}" for name, split in splits(corpora).items()),
    )


def splits(corpora: Corpora) -> dict[str, Corpus]:
    """Give the splits by name."""
    return {"train": corpora.train, "valid": corpora.valid, "test": corpora.test}


def run_name(config: Config) -> str:
    """Give the name tables call a run: the configured one, or its schedule's."""
    return config.name or config.objective.beta


def _results(
    config: Config, corpora: Corpora, trainer: Trainer, environment: Mapping[str, Any]
) -> dict[str, Any]:
    """Evaluate the last and the best parameters and put the contract of results.json together."""
    measured: dict[str, dict[str, Any]] = {}
    run, last = trainer.run, trainer.model
    same = trainer.best["epoch"] == config.training.epochs
    best = last if same else run.model("best", device=trainer.device)
    for split in ("valid", "test"):
        corpus = splits(corpora)[split]
        evaluation = evaluate(last, corpus, seed=config.seed)
        require_finite(evaluation.summary(), trainer.step)
        run.save_sentences(split, evaluation)
        best_evaluation = evaluation if same else evaluate(best, corpus, seed=config.seed)
        measured[split] = {
            "last": evaluation.summary(),
            "best": {**best_evaluation.summary(), "epoch": trainer.best["epoch"]},
        }
    return {
        "format": FORMAT,
        "name": run_name(config),
        "config": to_dict(config),
        "seed": config.seed,
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
        "training": {
            "epochs": config.training.epochs,
            "steps": trainer.step,
            "seconds": round(trainer.seconds, 3),
            "tokens_per_second": round(trainer.tokens / trainer.seconds, 1),
            "peak_memory_mb": peak_memory(trainer.device),
        },
        "environment": dict(environment),
    }
