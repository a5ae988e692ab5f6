"""From settings and a corpus to a finished run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from ..config import Config, UsageError, bound_schedule, override
from ..data import Corpora, LengthBucketedBatches
from ..models import TextVAE
from ..runs import Run
from ..schedules import Schedule
from .beginning import begin, build_model, identity, reopen
from .checkpoints import Checkpoints
from .early_stopping import patience_problem
from .environment import environment
from .loop import Logger, Trainer
from .precision import Precision, resolve_device, resolve_precision
from .reporter import LogReporter, Plan, Reporter
from .results import measure, run_name, splits

__all__ = ["train"]


def train(
    config: Config,
    corpora: Corpora,
    out: str | Path,
    *,
    device: str = "auto",
    reporter: Reporter | None = None,
    resume: bool = False,
    start_from: Run | None = None,
    files: Mapping[str, str] | None = None,
    loggers: Sequence[Logger] = (),
) -> Run:
    """Train a text VAE and write everything about it to a folder.

    Torch's global generator is seeded with the configuration's seed. SIGINT and SIGTERM save the
    state and raise :class:`TrainingStopped`.

    Args:
        config: Every setting; ``data.tokens`` is recorded as that of the corpora.
        corpora: The splits, as :func:`unvanish.data.load_corpora` reads them.
        out: The folder of the run.
        device: ``"auto"``, ``"cpu"``, ``"cuda"``, ...
        reporter: Who is told of the progress; the ``unvanish`` logger when absent.
        resume: Go on from the last checkpoint if the run has begun already. The same machine then
            gives the same numbers, bit by bit, as if nothing had happened.
        start_from: A run whose last parameters are the first of this one; its vocabulary must be
            that of ``corpora``.
        files: Where the splits were read from, kept in ``origin.json`` for a later resume.
        loggers: Objects with ``log(figures, step=step)``, such as a run of an experiment tracker;
            they get every line of the metrics.

    Returns:
        The run, with ``results.json`` and ``model.safetensors`` in it.

    Raises:
        UsageError: If a setting is not possible, the folder is in use, or what is resumed has
            other settings or another corpus.
    """
    reporter = reporter or LogReporter()
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
    if (inert := patience_problem(config, beta, len(batches))) is not None:
        problems.append(inert)
    facts = environment(place, precision)
    model = build_model(config, len(corpora.vocabulary), place)
    if resume and (Path(out) / "config.json").is_file():
        run = reopen(Path(out), config, corpora)
    else:
        run = begin(out, config, corpora, model, start_from=start_from, files=files or {})
    with run.locked():
        if (run.path / "results.json").is_file():
            return run
        if "from" in run.origin:
            model.load_state_dict(run.model("initial").state_dict())
        trainer = Trainer(
            config,
            model,
            batches,
            corpora.valid,
            beta=beta,
            run=run,
            environment=facts,
            checkpoints=Checkpoints(run.path / "checkpoints", identity(config, corpora)),
            precision=precision,
            reporter=reporter,
            loggers=loggers,
        )
        _restore(trainer, facts)
        for problem in problems:
            reporter.warned(f"{problem} (an epoch has {len(batches):,} steps)")
        reporter.started(_plan(config, corpora, model, beta, trainer, place, precision))
        _train_to_the_end(trainer, corpora)
    return run


def _train_to_the_end(trainer: Trainer, corpora: Corpora) -> None:
    """Train, measure, and write what was measured."""
    try:
        with trainer.interruption:
            trainer.train()
            results = measure(trainer.config, corpora, trainer, trainer.environment)
    finally:
        trainer.reporter.finished()
    trainer.run.write_json("results.json", results)


def _restore(trainer: Trainer, here: Mapping[str, Any]) -> None:
    """Go back to the last checkpoint, or to the beginning where there is none."""
    checkpoint = trainer.checkpoints.latest()
    if checkpoint is None:
        trainer.run.cut_metrics(0)
        return
    try:
        trainer.restore(checkpoint)
    except UsageError:
        raise
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"the checkpoint of step {checkpoint.step:,} does not fit this run: remove it to go "
            "on from the one before"
        ) from error
    trainer.reporter.resumed(trainer.step)
    there = checkpoint.facts["environment"]
    changed = [
        f"{name} {there.get(name)}, now {value}"
        for name, value in here.items()
        if there.get(name) != value
    ]
    if changed:
        trainer.reporter.warned(
            f"the run was begun with {'; '.join(changed)}: its numbers may differ in the last "
            "digits from those of an uninterrupted one"
        )


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
