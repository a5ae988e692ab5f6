"""Runs of any settings, shared out over the cores."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..processes import available_cores, threads_each
from ..training import resolve_device
from ..training.several_runs import Ended, Listener, share_out
from .groups import in_groups
from .plan import Entry
from .worker import Afterwards, Grid, work

__all__ = ["train_entries"]


def train_entries(
    entries: Sequence[Entry],
    files: Mapping[str, str],
    folder: Path,
    *,
    workers: int | None = None,
    device: str = "auto",
    listener: Listener | None = None,
    side_by_side: bool = True,
    afterwards: Afterwards | None = None,
) -> list[Ended]:
    """Train runs, or what is left of them, several at once.

    Args:
        entries: The runs, in the order in which they begin.
        files: Paths of the corpus by split; none means the synthetic corpus.
        folder: The folder that holds the folders of all runs.
        workers: Runs at once; one a core on the processor, one on a GPU when absent.
        device: Where to compute.
        listener: Who is told.
        side_by_side: Train small models that differ in beta alone as one program, on a processor;
            they are not trained in bf16 then, unless they were begun so or it was asked for.
        afterwards: What is done with every run once it is trained, also with one that was before.

    Returns:
        How each ended, the first to end first; nothing where there are no runs.

    Raises:
        KeyboardInterrupt: If SIGINT came; the states of all runs are saved.
        UnfinishedError: If a worker was killed; the states of the other runs are saved.
    """
    if not entries:
        return []
    on_processor = resolve_device(device).type == "cpu"
    at_once = min(len(entries), workers or (available_cores() if on_processor else 1))
    where = device if side_by_side else None
    groups = in_groups(entries, files, folder, device=where, workers=at_once)
    grid = Grid(folder, files, device, threads_each(at_once), afterwards)
    return share_out(groups, work, grid, at_once=at_once, listener=listener or Listener())
