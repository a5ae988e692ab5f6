"""Runs of the illustrative problem that an experiment can go on with where it stopped."""

from collections.abc import Sequence
from pathlib import Path

import torch

from ...processes import available_cores
from ...runs.naming import tidy_name
from ..illustrative.problem import Settings
from ..illustrative.sequence_runs import SequenceRuns
from ..illustrative.stored import load_trajectory, save_trajectory
from ..illustrative.training import Job, Trajectory
from ..illustrative.workers import train_groups
from ..reproducing import Request, Watcher

__all__ = ["train_jobs", "train_sequences"]

_AT_ONCE = 3
"""Most runs in a process: more at once are a little faster, and more is lost when stopped."""


def train_sequences(
    schedules: Sequence[str],
    seeds: Sequence[int],
    settings: Settings,
    request: Request,
    watcher: Watcher,
) -> SequenceRuns:
    """Train every schedule with every seed as far as that is not done yet.

    Args:
        schedules: Names or text forms.
        seeds: The seeds.
        settings: How long and how.
        request: Where and how.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If a stored run is damaged, or was trained with other settings.
    """
    jobs = [Job(schedule, seed) for seed in seeds for schedule in schedules]
    found = train_jobs(jobs, settings, request, watcher)
    runs = {
        schedule: {
            seed: found[Job(schedule, seed)] for seed in seeds if Job(schedule, seed) in found
        }
        for schedule in schedules
    }
    return SequenceRuns(settings, runs)


def train_jobs(
    jobs: Sequence[Job], settings: Settings, request: Request, watcher: Watcher
) -> dict[Job, Trajectory]:
    """Train the runs that are not there yet, some at a time, and give all that are.

    Each is written when those that were trained with it are over; what is stopped before is made
    again.

    Args:
        jobs: Schedules and seeds.
        settings: How long and how; seeds and schedules in them do not matter.
        request: Where; if nothing is to be trained, finished runs are only read.
        watcher: Who is shown how it gets on.

    Raises:
        UsageError: If a stored run is damaged, or was trained with other settings.
        UnfinishedError: If a worker was killed; what had ended before is kept.
    """
    folder = request.out / "runs"
    left = [job for job in jobs if not _file(folder, job).is_file()] if request.train else []
    workers = request.workers or available_cores()
    if left:
        _train(left, settings, folder, workers, watcher)
    ended = [job for job in jobs if _file(folder, job).is_file()]
    return {job: load_trajectory(_file(folder, job), settings) for job in ended}


def _train(
    left: Sequence[Job], settings: Settings, folder: Path, workers: int, watcher: Watcher
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    size = min(_AT_ONCE, -(-len(left) // workers))
    with watcher.bar(f"{len(left)} runs", len(left) * settings.total) as progress:
        train_groups(
            [left[first : first + size] for first in range(0, len(left), size)],
            settings,
            device=torch.device("cpu"),
            workers=workers,
            progress=progress,
            found=lambda run: save_trajectory(_file(folder, run.job), run, settings),
        )


def _file(folder: Path, job: Job) -> Path:
    return folder / f"{tidy_name(job.schedule, keep='-.=,')}-seed{job.seed}.npz"
