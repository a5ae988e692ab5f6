"""Which runs of a comparison are trained side by side, in one process, as one program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ..config import AmortizedConfig, Config, ModelConfig, UsageError, override
from ..data import read_corpora
from ..models import TextVAE
from ..models.replicated_layers import replicated_layers
from ..nn.precision import resolve_precision
from ..runs import load
from ..training import resolve_device
from .plan import Entry

__all__ = ["Group", "in_groups", "in_one_precision", "pays_side_by_side"]

_SMALL = 100_000
"""Parameters up to which it pays: products of larger models take most of the time anyway."""


@dataclass(frozen=True)
class Group:
    """Runs that one process trains at a time.

    Args:
        entries: The runs.
        side_by_side: Whether as one program; they differ in beta alone then.
    """

    entries: tuple[Entry, ...]
    side_by_side: bool = False

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of the runs."""
        return tuple(entry.folder for entry in self.entries)


def pays_side_by_side(config: Config, vocabulary_size: int) -> bool:
    """Tell whether a run on a processor is one of those that are faster side by side.

    Args:
        config: Its settings.
        vocabulary_size: Number of entries of its vocabulary.
    """
    if not isinstance(config.inference, AmortizedConfig):
        return False
    if config.objective.free_bits or config.training.accumulate > 1:
        return False
    if resolve_precision(config.training.precision, torch.device("cpu")) != "fp32":
        return False
    try:
        replicated_layers(config.model)
    except ValueError:
        return False
    return _parameters(config.model, vocabulary_size) <= _SMALL


def in_groups(
    entries: Sequence[Entry],
    files: Mapping[str, str],
    folder: Path,
    *,
    device: str | None,
    workers: int,
) -> list[Group]:
    """Put runs together that differ in beta alone, in about equal shares for every worker.

    Args:
        entries: The runs.
        files: Paths of the corpus by split; none means the synthetic corpus.
        folder: The folder that holds the folders of all runs.
        device: Where they are trained; ``None`` if none is to be side by side.
        workers: Processes at once.
    """
    size = _vocabulary_size(entries, files, device)
    alike: dict[Config, list[Entry]] = {}
    alone: list[Group] = []
    for entry in in_one_precision(entries, folder, size):
        if size is not None and pays_side_by_side(entry.config, size):
            same = override(entry.config, {"name": None, "objective.beta": "constant"})
            alike.setdefault(same, []).append(entry)
        else:
            alone.append(Group((entry,)))
    found = list(alike.values())
    whole = len(found) // workers * workers
    rest = found[whole:]
    parts = [part for each in rest for part in _cut(each, -(-workers // len(rest)))]
    return [*(Group(tuple(each), side_by_side=True) for each in [*found[:whole], *parts]), *alone]


def in_one_precision(
    entries: Sequence[Entry], folder: Path, vocabulary_size: int | None
) -> list[Entry]:
    """Let ``auto`` be fp32 for all runs if some pay side by side then; one that has begun stays.

    Args:
        entries: The runs.
        folder: The folder that holds the folders of all runs.
        vocabulary_size: Number of entries of the vocabulary; ``None`` where none pays.
    """
    plain = [
        _with_precision(entry, "fp32") if entry.config.training.precision == "auto" else entry
        for entry in entries
    ]
    size = vocabulary_size
    pays = size is not None and any(pays_side_by_side(entry.config, size) for entry in plain)
    return [_as_begun(entry, folder) for entry in (plain if pays else entries)]


def _cut(entries: list[Entry], parts: int) -> list[list[Entry]]:
    """Cut runs into parts of about equal size; none is empty, the largest come first."""
    parts = min(parts, len(entries))
    return [entries[part::parts] for part in range(parts)]


def _vocabulary_size(
    entries: Sequence[Entry], files: Mapping[str, str], device: str | None
) -> int | None:
    """Count the words, if it matters: models that are large without any need not be looked at."""
    if device is None or resolve_device(device).type != "cpu":
        return None
    plain = (_with_precision(entry, "fp32") for entry in entries)
    if not any(pays_side_by_side(entry.config, 1) for entry in plain):
        return None
    return len(read_corpora(entries[0].config.data, files).vocabulary)


def _parameters(config: ModelConfig, vocabulary_size: int) -> int:
    with torch.device("meta"):
        model = TextVAE(config, vocabulary_size=vocabulary_size)
    return sum(parameter.numel() for parameter in model.parameters())


def _with_precision(entry: Entry, precision: str) -> Entry:
    return replace(entry, config=override(entry.config, {"training.precision": precision}))


def _as_begun(entry: Entry, folder: Path) -> Entry:
    """Give a run that has begun the precision that it was begun with."""
    path = folder / entry.folder
    if not (path / "config.json").is_file():
        return entry
    try:
        return _with_precision(entry, load(path).config.training.precision)
    except UsageError:
        return entry  # what is wrong with it is told when it is to go on
