"""The runs shared out over processes, one a core."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, TypeAlias

import torch

from ...nn.denormals import denormals_as_zero
from ...training.several_runs import Listener, require_all, share_out
from ...training.worker import Message, PipeReporter, attempt, serve
from .problem import SCHEDULES, Settings
from .training import Job, Trajectory, train

__all__ = ["make_jobs", "train_all", "train_groups"]

Progress: TypeAlias = Callable[[int], None]
"""Takes the number of optimizer steps done in all runs."""


def make_jobs(settings: Settings) -> list[Job]:
    """List every schedule with every seed."""
    seeds = range(settings.seed, settings.seed + settings.seeds)
    return [Job(schedule, seed) for schedule in SCHEDULES for seed in seeds]


def train_all(
    settings: Settings,
    *,
    device: torch.device,
    workers: int,
    progress: Progress = lambda done: None,
) -> list[Trajectory]:
    """Train every schedule with every seed and give what happened, in the order of the jobs.

    Args:
        settings: How long and how.
        device: Where to compute; several workers share it.
        workers: Number of processes; each trains its part of the jobs side by side.
        progress: Called now and then.

    Raises:
        UnfinishedError: If a worker was killed; the others are stopped.
        UsageError: If the system refused something, such as room on a disk.
        RuntimeError: If one failed for another reason.
    """
    jobs, found = make_jobs(settings), dict[Job, Trajectory]()
    workers = min(workers, len(jobs))
    train_groups(
        [jobs[k::workers] for k in range(workers)],
        settings,
        device=device,
        workers=workers,
        progress=progress,
        found=lambda trajectory: found.update({trajectory.job: trajectory}),
    )
    return [found[job] for job in jobs]


def train_groups(
    groups: Sequence[Sequence[Job]],
    settings: Settings,
    *,
    device: torch.device,
    workers: int,
    progress: Progress,
    found: Callable[[Trajectory], None],
) -> None:
    """Train groups of jobs, the jobs of each side by side.

    With one worker everything happens in this process. With more, each is a new process of one
    thread.

    Args:
        groups: The jobs, none of them twice.
        settings: How long and how.
        device: Where to compute; several workers share it.
        workers: Number of processes; no more are started than there are groups.
        progress: Called now and then.
        found: Called with what happened in each job, as soon as its group is over.

    Raises:
        UnfinishedError: If a worker was killed; the others are stopped.
        UsageError: If the system refused something, such as room on a disk.
        RuntimeError: If one failed for another reason.
    """
    listener, place = _Listener(progress, found), _Place(settings, str(device))
    shares = [_Group.of(group) for group in groups]
    if min(workers, len(shares)) <= 1:
        for group in shares:
            _train(group, place, partial(_call, listener, group))
        return
    require_all(share_out(shares, _work, place, at_once=workers, listener=listener))


@dataclass(frozen=True)
class _Group:
    """Jobs that are trained side by side, and their names."""

    jobs: tuple[Job, ...]
    folders: tuple[str, ...]

    @classmethod
    def of(cls, jobs: Sequence[Job]) -> "_Group":
        return cls(tuple(jobs), tuple(f"{job.schedule}-seed{job.seed}" for job in jobs))


@dataclass(frozen=True)
class _Place:
    """How and where a process trains."""

    settings: Settings
    device: str


class _Listener(Listener):
    """Adds up the steps of all runs, and passes on what happened in each."""

    def __init__(self, progress: Progress, found: Callable[[Trajectory], None]) -> None:
        self._progress, self._pass_on = progress, found
        self._steps: dict[str, int] = {}

    def moved(self, folder: str, step: int) -> None:
        """A run has done so many optimizer steps."""
        self._steps[folder] = step
        self._progress(sum(self._steps.values()))

    def found(self, folder: str, trajectory: Trajectory) -> None:
        """What happened in a run is known."""
        self._pass_on(trajectory)


def _call(listener: _Listener, group: _Group, run: int, kind: str, content: Any) -> None:
    """Tell a listener in this process."""
    getattr(listener, kind)(group.folders[run], content)


def _work(parent: "Connection[Message, _Group]", place: _Place) -> None:
    """Train what the parent sends; the body of a worker process."""

    def carry_out(group: _Group) -> None:
        reporters = [PipeReporter(parent, run) for run in range(len(group.jobs))]

        def tell(run: int, kind: str, content: Any) -> None:
            reporters[run].send(kind, content)

        problem = attempt(partial(_train, group, place, tell))
        for reporter in reporters:
            reporter.send("ended", problem)

    serve(parent, carry_out, threads=1)


def _train(group: _Group, place: _Place, tell: Callable[[int, str, Any], None]) -> None:
    """Train a group, and tell its steps and what happened in each run."""

    def moved(step: int) -> None:
        for run in range(len(group.jobs)):
            tell(run, "moved", step)

    with _suited_to_small_models():
        trajectories = train(group.jobs, place.settings, torch.device(place.device), moved)
    for run, trajectory in enumerate(trajectories):
        tell(run, "found", trajectory)


@contextmanager
def _suited_to_small_models() -> Iterator[None]:
    """Compute in one thread: more only slow so small a model down, and rounding depends on them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with denormals_as_zero():
            yield
    finally:
        torch.set_num_threads(before)
