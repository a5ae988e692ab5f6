"""The runs shared out over processes, one a core."""

import multiprocessing
import os
import queue
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from typing import Any

import torch

from ...config.errors import UnfinishedError
from ...processes import context, manner_of_death, starting
from .problem import SCHEDULES, Settings
from .training import Job, Trajectory, train

__all__ = ["make_jobs", "train_all"]

_PATIENCE = 1.0
"""Seconds between two looks at whether the workers are alive."""


def make_jobs(settings: Settings) -> list[Job]:
    """List every schedule with every seed."""
    seeds = range(settings.seed, settings.seed + settings.seeds)
    return [Job(schedule, seed) for schedule in SCHEDULES for seed in seeds]


def train_all(
    settings: Settings,
    *,
    device: torch.device,
    workers: int,
    progress: Callable[[int], None] = lambda done: None,
    jobs: Sequence[Job] | None = None,
) -> list[Trajectory]:
    """Train every job and give the trajectories in the order of the jobs.

    With one worker everything happens in this process. With more, each worker is a new process of
    one thread that trains its share of the jobs side by side.

    Args:
        settings: How long and how.
        device: Where to compute; several workers share it.
        workers: Number of processes; no more are started than there are jobs.
        progress: Called now and then with the number of optimizer steps done in all runs.
        jobs: The runs; those of :func:`make_jobs` when absent.

    Raises:
        UnfinishedError: If a worker was killed; the others are stopped.
        RuntimeError: If one failed.
    """
    jobs = make_jobs(settings) if jobs is None else jobs
    workers = min(workers, len(jobs))
    if workers <= 1:
        with _suited_to_small_models():
            return train(jobs, settings, device, lambda step: progress(step * len(jobs)))
    groups = [jobs[k::workers] for k in range(workers)]
    done = _train_groups(groups, settings, device, progress)
    by_job = {trajectory.job: trajectory for group in done for trajectory in group}
    return [by_job[job] for job in jobs]


def _train_groups(
    groups: Sequence[Sequence[Job]],
    settings: Settings,
    device: torch.device,
    progress: Callable[[int], None],
) -> list[list[Trajectory]]:
    """Start a worker for each group, gather what they send, and leave none behind."""
    source: Any = context()  # typed without Process
    messages: Queue[tuple[int, str, Any]] = source.Queue()
    processes: list[BaseProcess] = [
        source.Process(target=_work, args=(k, group, settings, str(device), messages), daemon=True)
        for k, group in enumerate(groups)
    ]
    try:
        with starting():
            for process in processes:
                process.start()
        return _gather(processes, messages, groups, progress)
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
        for process in processes:
            if process.pid is not None:
                process.join()
        messages.close()


def _gather(
    processes: Sequence[BaseProcess],
    messages: "Queue[tuple[int, str, Any]]",
    groups: Sequence[Sequence[Job]],
    progress: Callable[[int], None],
) -> list[list[Trajectory]]:
    """Receive messages until every worker has sent its result."""
    steps, results = [0] * len(groups), dict[int, list[Trajectory]]()
    ended: set[int] = set()
    while len(results) < len(groups):
        try:
            worker, kind, content = messages.get(timeout=_PATIENCE)
        except queue.Empty:
            ended = _ended_without_result(processes, results.keys(), ended)
            continue
        if kind == "failed":
            raise RuntimeError(f"a worker process failed:\n{content}")
        if kind == "done":
            results[worker] = content
        else:
            steps[worker] = content * len(groups[worker])
            progress(sum(steps))
    return [results[worker] for worker in range(len(groups))]


def _ended_without_result(
    processes: Sequence[BaseProcess], done: Collection[int], before: Collection[int]
) -> set[int]:
    """Find the workers that are no more and have sent no result.

    What a worker sent in its last moments may still be on its way, so one that ended well may have
    been found once before.

    Raises:
        UnfinishedError: If one of them was killed.
        RuntimeError: If one ended by itself.
    """
    ended = {
        worker
        for worker, process in enumerate(processes)
        if worker not in done and process.exitcode is not None
    }
    for worker in ended:
        status = processes[worker].exitcode
        if status != 0 or worker in before:
            how = f"a process that trains some of the runs {manner_of_death(status)}"
            if status is not None and status < 0:
                raise UnfinishedError(f"{how}: give fewer --workers if memory is short")
            raise RuntimeError(how)
    return ended


def _work(
    worker: int,
    group: Sequence[Job],
    settings: Settings,
    device: str,
    messages: "Queue[tuple[int, str, Any]]",
) -> None:
    """Train a group and send what comes of it; the body of a worker process."""
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def report(step: int) -> None:
        messages.put((worker, "step", step))

    try:
        with _suited_to_small_models():
            messages.put((worker, "done", train(group, settings, torch.device(device), report)))
    except Exception:
        messages.put((worker, "failed", traceback.format_exc()))


def _end_with_parent() -> None:
    """Wait until nobody is left to send anything to, and end this process then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _suited_to_small_models() -> Iterator[None]:
    """Compute in one thread and take the tiniest numbers (below 1e-38) for zero.

    More threads only slow so small a model down, and rounding depends on their number. Gradients
    through saturated gates are often so tiny that most processors need many times as long for them.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        torch.set_flush_denormal(False)
