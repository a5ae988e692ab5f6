"""Which runs of a comparison are trained side by side, in one process, as one program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

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
    """Let ``auto`` be the same for all runs; one that has begun stays as it is.

    It is what the runs that have begun have, if that is one; if none has begun, or they differ,
    fp32 where some pay side by side then.

    Args:
        entries: The runs.
        folder: The folder that holds the folders of all runs.
        vocabulary_size: Number of entries of the vocabulary; ``None`` where none pays.
    """
    begun = [_begun(entry, folder) for entry in entries]
    auto = _meaning_of_auto(entries, begun, vocabulary_size)
    return [
        _with_precision(entry, was.setting) if was else _without_auto(entry, auto)
        for entry, was in zip(entries, begun, strict=True)
    ]


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


def _is_open(entry: Entry) -> bool:
    return entry.config.training.precision == "auto"


def _without_auto(entry: Entry, precision: str) -> Entry:
    return _with_precision(entry, precision) if _is_open(entry) else entry


class _Begun(NamedTuple):
    """The precision of a run that has begun: as it was set, and as it is known to be."""

    setting: str
    known: str


def _begun(entry: Entry, folder: Path) -> _Begun | None:
    """Read the precision of a run; ``None`` where it has not begun, or is damaged."""
    path = folder / entry.folder
    if not (path / "config.json").is_file():
        return None
    try:
        run = load(path)
        setting = run.config.training.precision
        if not (path / "results.json").is_file():
            return _Begun(setting, setting)
        return _Begun(setting, run.results().get("environment", {}).get("precision", setting))
    except UsageError:
        return None  # what is wrong with it is told when it is to go on


def _meaning_of_auto(
    entries: Sequence[Entry], begun: Sequence[_Begun | None], vocabulary_size: int | None
) -> str:
    """Give the precision of runs that have not begun and leave it open."""
    open_to_all = zip(entries, begun, strict=True)
    had = {was.known for entry, was in open_to_all if was and _is_open(entry)}
    if len(known := had - {"auto"}) == 1:
        return known.pop()
    if had == {"auto"}:
        return "auto"
    size, plain = vocabulary_size, (_without_auto(entry, "fp32") for entry in entries)
    pays = size is not None and any(pays_side_by_side(entry.config, size) for entry in plain)
    return "fp32" if pays else "auto"
