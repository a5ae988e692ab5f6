"""The trials of a search, which several processes may work on at once.

A trial that is running in the database was begun by a process; nobody says that it still lives. So
whoever tries a choice holds a lock on it from the moment at which the others can see it to its end,
and the system lifts it when the process ends, however it does.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import UsageError
from ..locks import Lock, locked, locked_if_free, told_as_unwritable
from .search import Choice, Search
from .storage import NOT_KEPT, kept_storage

if TYPE_CHECKING:
    import optuna

__all__ = ["Trials", "is_over", "trial_folder"]

_STUDY = "unvanish"


def trial_folder(folder: Path, choice: str) -> Path:
    """Give the folder of a trial's run: equal choices share it, and so are trained once.

    Args:
        folder: That of the search.
        choice: What the trial tries.
    """
    return folder / "trials" / _short_name(choice)


def is_over(trial: "optuna.trial.FrozenTrial") -> bool:
    """Tell whether a trial has a value, or has failed for a reason of its own."""
    return trial.value is not None or "problem" in trial.user_attrs


class Trials:
    """The trials of a search, as one of the processes sees them that work on it.

    Args:
        search: What is searched for.
        folder: The folder of the search; the processes share it.
        storage: URL of the Optuna database that keeps them; a journal in the folder when absent.

    Raises:
        UsageError: If the database cannot be opened, or the folder cannot be written.
    """

    def __init__(self, search: Search, folder: Path, storage: str | None) -> None:
        self._search, self._locks = search, folder / ".locks"
        with self.held():
            self._study = _study(folder, storage)

    def held(self) -> Lock:
        """Keep other processes from beginning and ending trials; wait for one that does.

        Raises:
            UsageError: If the folder cannot be written.
        """
        with told_as_unwritable(self._locks.parent):
            return locked(self._locks / "choosing")

    def all(self) -> "list[optuna.trial.FrozenTrial]":
        """Give all trials, whoever began them and however they ended."""
        return self._study.get_trials(deepcopy=False)

    @contextmanager
    def begun(self, most: int | None = None) -> "Iterator[tuple[optuna.Trial, Choice] | None]":
        """Begin a trial that no other process is at, and keep it from them until the end.

        Those that were left by a process that has ended come first.

        Args:
            most: Trials in all; nothing is begun, and ``None`` given, while with those that other
                processes are at there are as many.
        """
        begun = self._begin(most)
        if begun is None:
            yield None
            return
        trial, choice, lock = begun
        with lock:
            yield trial, choice

    def fail(self, trial: "optuna.Trial", problem: str) -> None:
        """End a trial that cannot be carried out."""
        with self.held():
            trial.set_user_attr("problem", problem)
            self._drop(trial.number)

    def complete(self, trial: "optuna.Trial", value: float) -> None:
        """End a trial well."""
        with self.held():  # nobody may look for abandoned trials between this and its lock's end
            self._study.tell(trial, value)

    def _begin(self, most: int | None) -> "tuple[optuna.Trial, Choice, Lock] | None":
        with self.held():
            self._take_up()
            if most is not None and sum(map(_counts, self.all())) >= most:
                return None
            while True:
                self._study.sampler = _sampler(self._search.base.seed, number=len(self.all()))
                trial = self._study.ask()
                choice = self._search.suggest(trial)
                lock = self._lock_of(str(choice))
                if lock is not None:
                    trial.set_user_attr("choice", str(choice))
                    return trial, choice, lock
                self._drop(trial.number)  # another process is trying this choice

    def _take_up(self) -> None:
        """Have what no process tries any more tried again: its run then goes on."""
        import optuna

        states = optuna.trial.TrialState
        waiting = self._study.get_trials(deepcopy=False, states=(states.WAITING,))
        queued = {trial.user_attrs.get("choice") for trial in waiting}
        for trial in self._study.get_trials(deepcopy=False, states=(states.RUNNING,)):
            choice = trial.user_attrs.get("choice")
            if choice is not None:
                if (lock := self._lock_of(choice)) is None:
                    continue
                with lock:
                    if choice not in queued:
                        self._study.enqueue_trial(trial.params, user_attrs={"choice": choice})
            self._drop(trial.number)

    def _drop(self, number: int) -> None:
        """End a trial without a value."""
        import optuna

        self._study.tell(number, state=optuna.trial.TrialState.FAIL)

    def _lock_of(self, choice: str) -> Lock | None:
        """Take the lock of a choice; give nothing if another process has it."""
        with told_as_unwritable(self._locks.parent):
            return locked_if_free(self._locks / _short_name(choice))


def _counts(trial: "optuna.trial.FrozenTrial") -> bool:
    """Tell whether a trial is over, or will be: those left alone have been taken up before."""
    return is_over(trial) or trial.state.name == "RUNNING"


def _short_name(choice: str) -> str:
    return hashlib.sha256(choice.encode()).hexdigest()[:12]


def _sampler(seed: int, number: int) -> "optuna.samplers.TPESampler":
    """Give the sampler of a trial: processes that begin together shall not draw the same."""
    import optuna

    drawn = np.random.SeedSequence((seed, number)).generate_state(1)
    return optuna.samplers.TPESampler(seed=int(drawn[0]))


def _study(folder: Path, storage: str | None) -> "optuna.Study":
    """Open the study, or begin it."""
    import optuna
    from optuna.storages.journal import JournalFileBackend
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    place: Any = storage
    if storage is None:
        place = optuna.storages.JournalStorage(JournalFileBackend(str(folder / "trials.journal")))
    try:
        return optuna.create_study(
            storage=place, study_name=_STUDY, direction="maximize", load_if_exists=True
        )
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        secret = storage is not None and kept_storage(storage) == NOT_KEPT
        why = "" if secret else f" ({str(error).splitlines()[0]})"  # it may cite the URL
        raise UsageError(
            f"the database of the search cannot be opened{why}: give the URL of one with --resume "
            "--storage"
        ) from error
