"""All runs of the illustrative problem."""

import time
from collections.abc import Callable

import torch

from ...training import available_cores, environment
from .problem import Settings
from .results import Outcome
from .workers import train_all

__all__ = ["run"]


def run(
    settings: Settings,
    *,
    device: str = "cpu",
    workers: int | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Train every schedule with every seed.

    The same settings give the same numbers on the same machine with the same number of workers.

    Args:
        settings: How long and how.
        device: Where to compute. The processor is the right place for so small a model.
        workers: Number of processes; by default one a core on the processor, one on a GPU.
        progress: Called now and then with the number of optimizer steps done in all runs.

    Raises:
        UnfinishedError: If a worker process was killed.
    """
    place = torch.device(device)
    if workers is None:
        workers = available_cores() if place.type == "cpu" else 1
    begin = time.perf_counter()
    trajectories = train_all(settings, device=place, workers=workers, progress=progress)
    seconds = time.perf_counter() - begin
    facts = environment(place, "fp32") | {"threads": 1, "workers": min(workers, len(trajectories))}
    return Outcome(settings, tuple(trajectories), round(seconds, 1), facts)
