"""From settings and a corpus to a finished run."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ..config import Config, UsageError, to_dict
from ..data import Corpora, Corpus
from ..evaluation import evaluate
from ..models import TextVAE
from ..presets import schedule_from
from ..runs import FORMAT, Run, require_free
from ..schedules import Schedule, ScheduleWarning
from .environment import environment, peak_memory
from .loop import Trainer
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

    Args:
        config: Every setting.
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
    place = resolve_device(device)
    precision = resolve_precision(config.training.precision, place)
    steps_per_epoch = -(-len(corpora.train) // config.training.batch_size)
    total_steps = steps_per_epoch * config.training.epochs
    beta = bind_schedule(config.objective.beta, total_steps, steps_per_epoch, reporter)
    torch.manual_seed(config.seed)
    model = TextVAE(config.model, vocabulary_size=len(corpora.vocabulary)).to(place)
    run = Run.create(out, config, corpora.vocabulary)
    trainer = Trainer(
        config,
        model,
        corpora,
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


def bind_schedule(
    spec: str, total_steps: int, steps_per_epoch: int, reporter: Reporter
) -> Schedule:
    """Read a schedule's text form and bind it to the run, passing its warnings on.

    Args:
        spec: A preset's name or a schedule in text form.
        total_steps: Optimizer steps of the run.
        steps_per_epoch: Optimizer steps of an epoch.
        reporter: Who hears that the run ends inside a ramp.

    Raises:
        UsageError: If the text is no schedule.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ScheduleWarning)
        try:
            schedule = schedule_from(
                spec, total_steps=total_steps, steps_per_epoch=steps_per_epoch
            ).bind(total_steps)
        except ValueError as error:
            raise UsageError(f"schedule {spec!r} is not possible: {error}") from error
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        reporter.warned(message)
    return schedule


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
        sparkline=beta.sparkline(),
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
                name: {"sentences": len(corpus), "tokens": corpus.n_tokens}
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
