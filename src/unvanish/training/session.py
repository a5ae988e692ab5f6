"""From settings and a corpus to a finished run."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from torch import Tensor

from ..config import Config, to_dict
from ..data import Corpora
from ..inference import InferenceStep
from ..nn.denormals import denormals_as_zero
from ..runs import Run
from .beginning import begin, reopen
from .completion import complete
from .freed_memory import freed_memory_kept
from .identity import identity
from .interruption import Interruption
from .loop import Trainer
from .preparation import Preparation, prepare
from .processes import Processes, process_group
from .reporter import Logger, LogReporter, Reporter
from .results import measure
from .run_state import RunState
from .updates import Updates
from .validation import TextValidation

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
    inference: InferenceStep | None = None,
    interruption: Interruption | None = None,
) -> Run:
    """Train a text VAE and write everything about it to a folder.

    Torch's global generator is seeded with the configuration's seed. While it trains, denormal
    numbers are zero in this thread, and this process keeps the memory that it frees
    (docs/benchmarks.md). From the moment at which the
    folder is begun or opened, SIGINT and SIGTERM save the state and raise
    :class:`TrainingStopped`.

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
        files: Paths of the splits, ``{"train": ..., "valid": ..., "test": ...}``; the last two
            only if they were not carved. Without it the run cannot read its text again:
            :meth:`~unvanish.runs.Run.evaluate`, ``likelihood``, ``interventions`` and ``diagnose``
            then need ``text=``, :func:`~unvanish.runs.edit_sentences` needs ``labelled=`` and
            :func:`~unvanish.runs.nearest_sentences` ``among=``.
        loggers: Objects with ``log(figures, step=step)``, such as a run of an experiment tracker;
            they get every line of the metrics.
        inference: How gradients are made from a batch; as ``config`` says when absent.
        interruption: Notes the signals that ask to end; one of the run's own when absent.

    Under ``torchrun`` every process calls it and takes a share of every batch; the first alone
    reads and writes ``out`` and tells of the progress.

    Returns:
        The run, with ``results.json`` and ``model.safetensors`` in it.

    Raises:
        TrainingStopped: On SIGINT or SIGTERM, with the state saved.
        UsageError: If a setting is not possible, the folder is in use, or what is resumed has
            other settings or another corpus.
        ProcessLostError: If one of several processes has ended; the last saved state is good.
    """
    with freed_memory_kept(), denormals_as_zero(), process_group(device) as processes:
        prepared = processes.agree(lambda: prepare(config, corpora, device, processes.count))
        settings, precision = to_dict(prepared.config), prepared.course.place.precision
        processes.require_same(
            {"settings": settings, "text": corpora.sha256, "precision": precision}
        )
        run = Run(Path(out))
        run.tokens = corpora.tokens
        with interruption or Interruption() as noted, ExitStack() as held:

            def open_run() -> bool:
                """Begin the run or open it, for this process alone; tell whether it is finished."""
                _open(run, prepared, resume=resume, start_from=start_from, files=files or {})
                held.enter_context(run.locked())
                return (run.path / "results.json").is_file()

            if not processes.on_rank_zero(open_run):
                told = (reporter or LogReporter(), loggers) if processes.first else (Reporter(), ())
                _train(prepared, run, noted, processes, *told, inference)
    return run


def _open(
    run: Run,
    prepared: Preparation,
    *,
    resume: bool,
    start_from: Run | None,
    files: Mapping[str, str],
) -> None:
    """Begin a run, or open one to go on with."""
    config, corpora, model = prepared.config, prepared.corpora, prepared.model
    if resume and (run.path / "config.json").is_file():
        reopen(run.path, config, corpora)
    else:
        begin(run.path, config, corpora, model, start_from=start_from, files=files)


def _train(
    prepared: Preparation,
    run: Run,
    interruption: Interruption,
    processes: Processes,
    reporter: Reporter,
    loggers: Sequence[Logger],
    inference: InferenceStep | None,
) -> None:
    """Put together what trains a run, and have it trained from the state that it is in."""
    config, model, course = prepared.config, prepared.model, prepared.course
    model.load_state_dict(processes.on_rank_zero(lambda: _first_parameters(prepared, run)))
    updates = Updates(config, model, course, processes=processes, inference=inference)
    validation = TextValidation(config, model, prepared.corpora.valid, run=run, course=course)
    state = RunState(
        course,
        updates,
        validation,
        run=run,
        identity=identity(config, prepared.corpora.sha256),
        interruption=interruption,
        processes=processes,
        is_source=True,
    )
    trainer = Trainer(
        course, prepared.batches, updates, validation, state, reporter=reporter, loggers=loggers
    )
    complete(trainer, prepared.plan(), lambda: measure(prepared, run, state, validation))


def _first_parameters(prepared: Preparation, run: Run) -> dict[str, Tensor]:
    """Give what the parameters are before the first step, in main memory."""
    model = run.model("initial") if "from" in run.origin else prepared.model
    return {name: value.cpu() for name, value in model.state_dict().items()}
