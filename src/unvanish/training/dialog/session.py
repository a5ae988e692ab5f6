"""From settings and dialogs to a finished run."""

from pathlib import Path
from typing import Any

from ...config import DialogConfig, UsageError, to_dict
from ...data import WordVectors
from ...data.dialogs import DialogCorpora
from ...runs import FORMAT, DialogRun
from ..beginning import differences
from ..checkpoints import Checkpoints
from ..environment import peak_memory
from ..interruption import Interruption
from ..processes import require_alone
from ..reporter import LogReporter, Reporter
from ..restoring import go_back
from .loop import DialogTrainer
from .preparation import DialogPreparation, evaluation_batches, prepare_dialogs

__all__ = ["train_dialogs"]


def train_dialogs(
    config: DialogConfig,
    corpora: DialogCorpora,
    out: str | Path,
    *,
    vectors: WordVectors | None = None,
    device: str = "auto",
    reporter: Reporter | None = None,
    resume: bool = False,
    interruption: Interruption | None = None,
) -> DialogRun:
    """Train a dialog model and write everything about it to a folder.

    Torch's global generator is seeded with the configuration's seed. From the moment at which the
    folder is begun or opened, SIGINT and SIGTERM save the state and raise
    :class:`unvanish.training.TrainingStopped`.

    Args:
        config: Every setting.
        corpora: The splits, as :func:`unvanish.data.dialogs.load_dialogs` reads them.
        out: The folder of the run.
        vectors: What words begin with, as :func:`unvanish.data.read_word_vectors` reads it; the
            others, or all without it, begin with 0.1 times standard normal numbers.
        device: ``"auto"``, ``"cpu"``, ``"cuda"``, ...
        reporter: Who is told of the progress; the ``unvanish`` logger when absent.
        resume: Go on from the last checkpoint if the run has begun already. The same machine then
            gives the same numbers, bit by bit, as if nothing had happened.
        interruption: Notes the signals that ask to end; one of the run's own when absent.

    Returns:
        The run, with ``results.json`` and ``model.safetensors`` in it.

    Raises:
        UsageError: If a setting is not possible, the folder is in use, or what is resumed has
            other settings, another corpus or other word vectors.
    """
    require_alone("training on dialogs")
    prepared = prepare_dialogs(config, corpora, vectors, device)
    with interruption or Interruption() as noted:
        run = _opened(Path(out), prepared, resume=resume)
        with run.locked():
            if not (run.path / "results.json").is_file():
                _train_to_the_end(
                    _trainer(prepared, run, noted, reporter or LogReporter()), prepared
                )
    return run


def _opened(path: Path, prepared: DialogPreparation, *, resume: bool) -> DialogRun:
    """Begin a run, or open one to go on with."""
    config, origin = prepared.config, {"word_vectors": prepared.vectors}
    if not resume or not (path / "config.json").is_file():
        return DialogRun.create(path, config, prepared.corpora, origin=origin)
    run = DialogRun.open(path)
    different = differences(to_dict(run.config), to_dict(config))
    if different:
        raise UsageError(
            f"{path} was begun with other settings ({'; '.join(different)}): give the same, or "
            "another folder"
        )
    read = {"sha256": prepared.corpora.sha256}
    if run.origin.get("corpus") != read or run.origin.get("word_vectors") != prepared.vectors:
        raise UsageError(
            f"the dialogs or word vectors are not those that {path} was begun with: give the same, "
            "or another folder"
        )
    return run


def _trainer(
    prepared: DialogPreparation, run: DialogRun, interruption: Interruption, reporter: Reporter
) -> DialogTrainer:
    """Put together what trains a run, in the state that the run is in."""
    trainer = DialogTrainer(
        prepared.config,
        prepared.model,
        prepared.objective,
        prepared.batches,
        evaluation_batches(prepared.config, prepared.corpora.valid),
        beta=prepared.beta,
        run=run,
        checkpoints=Checkpoints(run.path / "checkpoints", prepared.identity),
        environment=prepared.environment,
        precision=prepared.precision,
        reporter=reporter,
        interruption=interruption,
    )
    go_back(trainer, prepared.environment)
    return trainer


def _train_to_the_end(trainer: DialogTrainer, prepared: DialogPreparation) -> None:
    """Train, measure, and write what was measured."""
    reporter = trainer.reporter
    for problem in prepared.problems:
        reporter.warned(f"{problem} (a round has {trainer.steps_per_round:,} steps)")
    reporter.started(prepared.plan())
    try:
        trainer.train()
        trainer.run.write_json("results.json", _results(trainer, prepared))
    finally:
        reporter.finished()


def _results(trainer: DialogTrainer, prepared: DialogPreparation) -> dict[str, Any]:
    """Put the contract of results.json together."""
    config, corpora = prepared.config, prepared.corpora
    return {
        "format": FORMAT,
        "name": config.name or config.objective.beta,
        "config": to_dict(config),
        "seed": config.seed,
        "corpus": {
            "sha256": corpora.sha256,
            "vocabulary": len(corpora.vocabulary),
            "topics": len(corpora.train.topics),
            "word_vectors": prepared.vectors,
            "splits": {
                name: {"dialogs": len(each), "utterances": each.n_utterances}
                for name, each in corpora.splits.items()
            },
            "steps_per_epoch": len(prepared.batches),
            "dialogs_left_out": prepared.batches.dropped,
        },
        "splits": _measured(trainer, prepared),
        "training": {
            "rounds": trainer.round,
            "steps": trainer.step,
            "seconds": round(trainer.seconds, 3),
            "stopped_early": trainer.stopped_early,
            "tokens_per_second": round(trainer.tokens / max(trainer.seconds, 1e-9), 1),
            "peak_memory_mb": peak_memory(trainer.device),
        },
        "environment": prepared.environment,
    }


def _measured(trainer: DialogTrainer, prepared: DialogPreparation) -> dict[str, Any]:
    """Evaluate the last and the best parameters on both splits."""
    best = trainer.run.model("best", device=trainer.device)
    measured: dict[str, Any] = {}
    for name, split in (("valid", prepared.corpora.valid), ("test", prepared.corpora.test)):
        batches = evaluation_batches(prepared.config, split)
        last = trainer.evaluate(trainer.model, batches).summary()
        same = trainer.best["round"] == trainer.round
        of_best = last if same else trainer.evaluate(best, batches).summary()
        for figures in (last, of_best):
            trainer.require_finite(figures)
        measured[name] = {
            "last": last,
            "best": {**of_best, "round": trainer.best["round"]},
            "dialogs_left_out": batches.dropped,
        }
    return measured
