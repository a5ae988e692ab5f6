"""Searching with Optuna: one trial after another, and what they found together."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import UsageError
from ..data import Corpora, read_corpora
from ..runs import FORMAT, Run, load, write_json
from ..training import Reporter, require_alone, train
from .search import Choice, Search
from .storage import chosen_storage
from .trials import Trials, is_over, trial_folder

if TYPE_CHECKING:
    import optuna

__all__ = ["Tried", "carry_out_search"]

_GLANCE = 1.0
"""Seconds after which it is looked again whether others have ended the last trials."""


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


def carry_out_search(
    search: Search,
    folder: Path,
    *,
    trials: int,
    storage: str | None = None,
    device: str = "auto",
    reporter: Callable[[str], Reporter] = lambda choice: Reporter(),
    tell: Callable[[Tried], None] = lambda tried: None,
    waiting: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Try choices until so many trials are over, and write ``results.json``.

    Several processes, on several machines that share the storage and the folder, may search at
    once; each tries another choice, and all return when the last trial is over. A trial whose
    process was stopped, or has died, is taken up by the next that has time, where it was left.

    Args:
        search: What is searched for.
        folder: Where :func:`begin_search` began it.
        trials: Trials in all, those of earlier calls included.
        storage: URL of an Optuna database, where the search does not keep it.
        device: Where to compute.
        reporter: Makes who is told of a trial's training, from what it tries.
        tell: Called after every trial.
        waiting: Called once when other processes are at the last trials, and they are waited for.

    Raises:
        UsageError: If every trial failed, or the database cannot be opened.
        TrainingStopped: If SIGINT or SIGTERM came in a trial; its state is saved.
        KeyboardInterrupt: If SIGINT came while others are waited for.
    """
    require_alone("a search")
    shared = Trials(search, folder, chosen_storage(search.storage, storage))
    corpora = read_corpora(search.base.data, search.files)
    say_once = iter((waiting,))
    while sum(map(is_over, shared.all())) < trials:
        with shared.begun(trials) as begun:
            if begun is None:
                next(say_once, lambda: None)()
                time.sleep(_GLANCE)
                continue
            trial, choice = begun
            try:
                run = _train(search, choice, corpora, folder, device, reporter(str(choice)))
            except UsageError as error:
                shared.fail(trial, str(error))
                tried = Tried(trial.number, str(choice), None, str(error))
            else:
                elbo = run.results()["splits"]["valid"]["last"]["elbo"]
                shared.complete(trial, elbo)
                tried = Tried(trial.number, str(choice), elbo)
        tell(tried)
    with shared.held():
        return _write_results(shared.all(), folder)


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
        trial_folder(folder, str(choice)),
        device=device,
        reporter=reporter,
        resume=True,
        files=search.files,
    )


def _write_results(trials: "list[optuna.trial.FrozenTrial]", folder: Path) -> dict[str, Any]:
    """Put all trials together, the best first."""
    problems = [each.user_attrs["problem"] for each in trials if "problem" in each.user_attrs]
    done = [trial for trial in trials if trial.value is not None]
    if not done:
        raise UsageError(f"every trial failed: {problems[0]}")
    done.sort(key=lambda trial: -(trial.value or 0.0))
    choices = list(dict.fromkeys(trial.user_attrs["choice"] for trial in done))
    results = {
        "format": FORMAT,
        "kind": "unvanish tune",
        "runs": [load(trial_folder(folder, choice)).results() for choice in choices],
        "summary": {
            "objective": "validation elbo at beta = 1 of the last parameters",
            "best": choices[0],
            "trials": len(done),
            "failed": len(problems),
        },
    }
    write_json(folder / "results.json", results)
    return results
