"""Searching with Optuna: cycles of beta, proportion and shape of their ramps, free bits."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..config import Config, UsageError, override, to_dict
from ..data import Corpora, read_corpora
from ..runs import FORMAT, Run, begin_folder, load, read_json, require_free, write_json
from ..training import Reporter, require_alone, train
from .storage import NOT_KEPT, chosen_storage, kept_storage
from .stored_plan import PLAN_FORMAT, read_plan

if TYPE_CHECKING:
    import optuna

__all__ = ["Choice", "Search", "Tried", "begin_search", "carry_out_search", "reopen_search"]

SHAPES = ("linear", "cosine", "sigmoid")
FREE_BITS = (0.0, 0.1, 0.25, 0.5)
_PLAN, _STUDY = "search.json", "unvanish"


@dataclass(frozen=True)
class Choice:
    """What a trial tries; as text it can follow ``--schedule``.

    Args:
        schedule: Beta, in its text form.
        free_bits: Nats of the rate that are free.

    Example:
        >>> str(Choice("cyclical:n_cycles=4,ratio=0.5", 0.25))
        'cyclical:n_cycles=4,ratio=0.5 --free-bits 0.25'
    """

    schedule: str
    free_bits: float = 0.0

    def __str__(self) -> str:
        free = f" --free-bits {self.free_bits:g}" if self.free_bits else ""
        return self.schedule + free


@dataclass(frozen=True)
class Search:
    """What is searched for, and in what setting.

    The objective is the validation elbo at beta = 1 of the last parameters. An elbo alone does
    not say that the latent variable is alive: every trial keeps its kl and active units beside.

    Args:
        base: Every setting but beta and free bits.
        files: Paths of the corpus by split; none means the synthetic corpus.
        most_cycles: Cycles (M) are searched from 1 to this.
        shapes: Shapes of the ramp that are tried.
        free_bits: Free nats that are tried, each as ``base.objective.free_bits_form`` counts them.
        storage: URL of the Optuna database that keeps the trials, which the plan takes over as
            :func:`kept_storage` gives it; a journal in the folder when absent.
    """

    base: Config
    files: Mapping[str, str]
    most_cycles: int = 8
    shapes: tuple[str, ...] = SHAPES
    free_bits: tuple[float, ...] = FREE_BITS
    storage: str | None = None

    def suggest(self, trial: "optuna.Trial") -> Choice:
        """Choose a schedule and free bits.

        Args:
            trial: Optuna's.
        """
        n_cycles = trial.suggest_int("n_cycles", 1, self.most_cycles)
        ratio = trial.suggest_float("ratio", 0.05, 0.95, step=0.05)
        shape = trial.suggest_categorical("shape", self.shapes)
        free_bits = trial.suggest_categorical("free_bits", self.free_bits)
        return Choice(f"cyclical:n_cycles={n_cycles},ratio={ratio:.2f},shape={shape}", free_bits)

    def config(self, choice: Choice) -> Config:
        """Give the settings of a trial."""
        name = f"{choice} ({self.base.name})" if self.base.name else str(choice)
        changes = {"objective.beta": choice.schedule, "objective.free_bits": choice.free_bits}
        return override(self.base, changes | {"name": name})

    def to_dict(self) -> dict[str, Any]:
        """Write the search as plain values for JSON."""
        plain = {"base": to_dict(self.base), "files": dict(self.files)}
        return {"format": PLAN_FORMAT, **plain} | {
            "most_cycles": self.most_cycles,
            "shapes": list(self.shapes),
            "free_bits": list(self.free_bits),
            "storage": self.storage and kept_storage(self.storage),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Read a search from what :meth:`to_dict` gave.

        Raises:
            UsageError: If it is none, or of a format not known here.
        """
        return read_plan(
            "search",
            plain,
            lambda base: cls(
                base,
                plain["files"],
                int(plain["most_cycles"]),
                tuple(plain["shapes"]),
                tuple(plain["free_bits"]),
                plain.get("storage"),
            ),
        )


@dataclass(frozen=True)
class Tried:
    """A trial that is over.

    Args:
        number: Its number in the study.
        choice: What it tried.
        elbo: Validation elbo at beta = 1 in nats per sentence; ``None`` where it failed.
        problem: Why it failed.
    """

    number: int
    choice: str
    elbo: float | None
    problem: str | None = None


def begin_search(
    search: Search, folder: Path, progress: Callable[[float], None] | None = None
) -> None:
    """Begin a search.

    Args:
        search: What is searched for.
        folder: Where; nothing may be there yet.
        progress: Told how far storing large text is.

    Raises:
        UsageError: If the folder is in use or cannot be written, or the text cannot be read.
    """
    require_free(folder)
    read_corpora(search.base.data, search.files, progress=progress)
    begin_folder(folder, "trials", _PLAN, search.to_dict())


def reopen_search(folder: Path, storage: str | None = None) -> Search:
    """Read what a folder searches for.

    Args:
        folder: Where :func:`begin_search` began it.
        storage: URL of the database that keeps the trials from now on, if it is another.

    Raises:
        UsageError: If it holds no search, or a damaged one.
    """
    search = Search.from_dict(read_json(folder / _PLAN, "no search: give the --out of one"))
    if storage is None or kept_storage(storage) == search.storage:
        return search
    search = replace(search, storage=kept_storage(storage))
    write_json(folder / _PLAN, search.to_dict())
    return search


def carry_out_search(
    search: Search,
    folder: Path,
    *,
    trials: int,
    storage: str | None = None,
    device: str = "auto",
    reporter: Callable[[str], Reporter] = lambda choice: Reporter(),
    tell: Callable[[Tried], None] = lambda tried: None,
) -> dict[str, Any]:
    """Try choices until so many trials are over, and write ``results.json``.

    Several processes, on several machines that share the storage and the folder, may search at
    once. A trial that was stopped is taken up where it was left.

    Args:
        search: What is searched for.
        folder: Where :func:`begin_search` began it.
        trials: Trials in all, those of earlier calls included.
        storage: URL of an Optuna database, where the search does not keep it.
        device: Where to compute.
        reporter: Makes who is told of a trial's training, from what it tries.
        tell: Called after every trial.

    Raises:
        UsageError: If every trial failed, or the database cannot be opened.
        TrainingStopped: If SIGINT or SIGTERM came; the trial's state is saved.
    """
    import optuna

    require_alone("a search")
    study = _study(search, folder, chosen_storage(search.storage, storage))
    _take_up(study, search, folder)
    corpora = read_corpora(search.base.data, search.files)
    while sum(_is_over(trial) for trial in study.trials) < trials:
        trial = study.ask()
        choice = search.suggest(trial)
        trial.set_user_attr("choice", str(choice))
        try:
            run = _train(search, choice, corpora, folder, device, reporter(str(choice)))
        except UsageError as error:
            trial.set_user_attr("problem", str(error))
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
            tell(Tried(trial.number, str(choice), None, str(error)))
            continue
        elbo = run.results()["splits"]["valid"]["last"]["elbo"]
        study.tell(trial, elbo)
        tell(Tried(trial.number, str(choice), elbo))
    return _write_results(study, folder)


def _study(search: Search, folder: Path, storage: str | None) -> "optuna.Study":
    """Open the study, or begin it."""
    import optuna
    from optuna.storages.journal import JournalFileBackend
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    place: Any = storage
    if storage is None:
        place = optuna.storages.JournalStorage(JournalFileBackend(str(folder / "trials.journal")))
    try:
        study = optuna.create_study(
            storage=place, study_name=_STUDY, direction="maximize", load_if_exists=True
        )
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        secret = storage is not None and kept_storage(storage) == NOT_KEPT
        why = "" if secret else f" ({str(error).splitlines()[0]})"  # it may cite the URL
        raise UsageError(
            f"the database of the search cannot be opened{why}: give the URL of one with --resume "
            "--storage"
        ) from error
    # another seed for every call, or all processes would begin with the same trials
    study.sampler = optuna.samplers.TPESampler(seed=search.base.seed * 1000 + len(study.trials))
    return study


def _is_over(trial: "optuna.trial.FrozenTrial") -> bool:
    """Tell whether a trial has a value, or has failed for a reason of its own."""
    return trial.value is not None or "problem" in trial.user_attrs


def _take_up(study: "optuna.Study", search: Search, folder: Path) -> None:
    """Have the trials that no process works on any more tried again: their runs then go on."""
    import optuna

    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        choice = trial.user_attrs.get("choice")
        if choice is None or not _is_trained_now(_folder(folder, choice)):
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
            if choice is not None:
                study.enqueue_trial(trial.params)


def _is_trained_now(path: Path) -> bool:
    if not (path / "config.json").is_file():
        return False
    try:
        with Run(path).locked():
            return False
    except UsageError:
        return True


def _folder(folder: Path, choice: str) -> Path:
    """Give the folder of a trial: equal choices share it, and so are trained once."""
    return folder / "trials" / hashlib.sha256(choice.encode()).hexdigest()[:12]


def _train(
    search: Search,
    choice: Choice,
    corpora: Corpora,
    folder: Path,
    device: str,
    reporter: Reporter,
) -> Run:
    return train(
        search.config(choice),
        corpora,
        _folder(folder, str(choice)),
        device=device,
        reporter=reporter,
        resume=True,
        files=search.files,
    )


def _write_results(study: "optuna.Study", folder: Path) -> dict[str, Any]:
    """Put all trials together, the best first."""
    done = [trial for trial in study.trials if trial.value is not None]
    if not done:
        problem = next(t.user_attrs["problem"] for t in study.trials if "problem" in t.user_attrs)
        raise UsageError(f"every trial failed: {problem}")
    done.sort(key=lambda trial: -(trial.value or 0.0))
    runs = {t.user_attrs["choice"]: _folder(folder, t.user_attrs["choice"]) for t in done}
    results = {
        "format": FORMAT,
        "kind": "unvanish tune",
        "runs": [load(path).results() for path in runs.values()],
        "summary": {
            "objective": "validation elbo at beta = 1 of the last parameters",
            "best": next(iter(runs)),
            "trials": len(done),
            "failed": sum("problem" in trial.user_attrs for trial in study.trials),
        },
    }
    write_json(folder / "results.json", results)
    return results
