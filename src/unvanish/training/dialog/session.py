"""From settings and dialogs to a finished run."""

from pathlib import Path

from ...config import DialogConfig, UsageError
from ...data import WordVectors
from ...data.dialogs import DialogCorpora
from ...nn.denormals import denormals_as_zero
from ...runs import DialogRun
from ..completion import complete
from ..freed_memory import freed_memory_kept
from ..identity import require_same_settings
from ..interruption import Interruption
from ..loop import Trainer
from ..processes import require_alone
from ..reporter import LogReporter, Reporter
from ..run_state import RunState
from .preparation import DialogPreparation, evaluation_batches, prepare_dialogs
from .results import measure
from .updates import DialogUpdates
from .validation import DialogValidation

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

    Torch's global generator is seeded with the configuration's seed. While it trains, denormal
    numbers are zero in this thread, and this process keeps the memory that it frees
    (docs/benchmarks.md). From the moment at which the
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
        TrainingStopped: On SIGINT or SIGTERM, with the state saved.
        UsageError: If a setting is not possible, the folder is in use, or what is resumed has
            other settings, another corpus or other word vectors.
    """
    require_alone("training on dialogs")
    prepared = prepare_dialogs(config, corpora, vectors, device)
    with freed_memory_kept(), denormals_as_zero(), interruption or Interruption() as noted:
        run = _opened(Path(out), prepared, resume=resume)
        with run.locked():
            if not (run.path / "results.json").is_file():
                _train(prepared, run, noted, reporter or LogReporter())
    return run


def _opened(path: Path, prepared: DialogPreparation, *, resume: bool) -> DialogRun:
    """Begin a run, or open one to go on with."""
    config, origin = prepared.config, {"word_vectors": prepared.vectors}
    if not resume or not (path / "config.json").is_file():
        return DialogRun.create(path, config, prepared.corpora, origin=origin)
    run = DialogRun.open(path)
    require_same_settings(path, run.config, config, "another folder")
    read = {"sha256": prepared.corpora.sha256}
    if run.origin.get("corpus") != read or run.origin.get("word_vectors") != prepared.vectors:
        raise UsageError(
            f"the dialogs or word vectors are not those that {path} was begun with: give the same, "
            "or another folder"
        )
    return run


def _train(
    prepared: DialogPreparation, run: DialogRun, interruption: Interruption, reporter: Reporter
) -> None:
    """Put together what trains a run, and have it trained from the state that it is in."""
    config, model, course = prepared.config, prepared.model, prepared.course
    updates = DialogUpdates(
        config, model, prepared.objective, course, steps_per_epoch=len(prepared.batches)
    )
    valid = evaluation_batches(config, prepared.corpora.valid)
    validation = DialogValidation(config, model, valid)
    state = RunState(
        course,
        updates,
        validation,
        run=run,
        identity=prepared.identity,
        interruption=interruption,
    )
    trainer = Trainer(course, prepared.batches, updates, validation, state, reporter=reporter)
    complete(trainer, prepared.plan(), lambda: measure(prepared, run, state, validation))
